import type { ReactNode } from "react";
import { AisleError } from "../shop-client.ts";

interface Leveled {
  /** of the heading: 1 where it is all that the page shows */
  readonly level?: 1 | 2;
}

interface FailureProps extends Leveled {
  readonly error: Error;
  readonly retry: () => void;
}

interface NothingProps extends Leveled {
  readonly title: string;
  readonly children: ReactNode;
}

const headings = { 1: "h1", 2: "h2" } as const;

/** What went wrong, in words, and a way to try again. */
export function Failure({ error, retry, level = 1 }: FailureProps) {
  const isAnswer = error instanceof AisleError;
  const Heading = headings[level];
  return (
    <div className="notice" role="alert">
      <Heading className="notice-title">
        {isAnswer ? "This did not work" : "The shop cannot be reached"}
      </Heading>
      <p>{isAnswer ? error.message : "There is no connection to it at the moment."}</p>
      <button type="button" className="button plain" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

/** Nothing there, said with a way on. */
export function Nothing({ title, children, level = 1 }: NothingProps) {
  const Heading = headings[level];
  return (
    <div className="notice" role="status">
      <Heading className="notice-title">{title}</Heading>
      {children}
    </div>
  );
}
