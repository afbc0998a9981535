import type { ReactNode } from "react";
import { sentenceOf } from "./admin-client.ts";
import type { AskedState } from "./use-asked.ts";

/** Something that was asked for: its skeleton, what went wrong with a way to try again, or what it is. */
export function Loaded<T>({
  asked,
  lines = 3,
  children,
}: {
  readonly asked: AskedState<T>;
  readonly lines?: number;
  readonly children: (answer: T) => ReactNode;
}) {
  if (asked.answer !== undefined) return <>{children(asked.answer)}</>;
  if (asked.error !== undefined) return <Failure error={asked.error} again={asked.again} />;
  return <Skeleton lines={lines} />;
}

export function Failure({ error, again }: { readonly error: unknown; readonly again?: () => unknown }) {
  return (
    <div className="failure" role="alert">
      <p>{sentenceOf(error)}</p>
      {again && (
        <button type="button" className="button plain" onClick={() => void again()}>
          Try again
        </button>
      )}
    </div>
  );
}

const skeletonNames = ["one", "two", "three", "four", "five", "six"];

export function Skeleton({ lines }: { readonly lines: number }) {
  return (
    <div className="skeletons" aria-busy="true">
      <span className="heard">Loading</span>
      {skeletonNames.slice(0, lines).map((name) => (
        <span key={name} className="skeleton" aria-hidden="true" />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}
