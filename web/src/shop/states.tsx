import type { ReactNode } from "react";
import { AisleError } from "../shop-client.ts";

/** What went wrong, in words, and a way to try again. */
export function Failure({ error, retry }: { readonly error: Error; readonly retry: () => void }) {
  const isAnswer = error instanceof AisleError;
  return (
    <div className="notice" role="alert">
      <p className="notice-title">{isAnswer ? "This did not work" : "The shop cannot be reached"}</p>
      <p>{isAnswer ? error.message : "There is no connection to it at the moment."}</p>
      <button type="button" className="button plain" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

/** Nothing there, said with a way on. */
export function Nothing({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="notice" role="status">
      <p className="notice-title">{title}</p>
      {children}
    </div>
  );
}
