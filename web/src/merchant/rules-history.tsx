import type { LiveRules, SavedRules } from "aisle/admin";
import { useState } from "react";
import { AdminProblem, ask } from "./admin-client.ts";
import { Failure } from "./states.tsx";
import { atMoment } from "./words.ts";

type Change = LiveRules["history"][number];

/** Who saved what, and the ways back. */
export function RulesHistory({
  live: { version, history },
  onRestored,
}: {
  readonly live: LiveRules;
  readonly onRestored: (words: string) => unknown;
}) {
  const [error, setError] = useState<unknown>();
  if (history.length === 0) return null;
  const restore = async (reason: string, words: string, to?: string) => {
    setError(undefined);
    try {
      const body = { reason, ...(to !== undefined && { version: to }) };
      await ask<SavedRules>("rules/restore", { method: "POST", ifMatch: `"${version}"`, body });
      onRestored(words);
    } catch (failure) {
      setError(failure);
      if (failure instanceof AdminProblem && failure.status === 412)
        onRestored("Somebody else was faster; look again.");
    }
  };
  const [last, ...before] = history;
  return (
    <section aria-labelledby="rules-history">
      <h2 id="rules-history">Saved before</h2>
      {error !== undefined && <Failure error={error} />}
      <ol className="history">
        <li>
          <Said change={last} />
          <button
            type="button"
            className="button plain small"
            onClick={() =>
              void restore(`undo of “${last.why}”`.slice(0, 500), "Undone: the rules before are live again.")
            }
          >
            Undo
          </button>
        </li>
        {before.map((change) => (
          <li key={change.at}>
            <Said change={change} />
            {change.version !== version && (
              <button
                type="button"
                className="link small"
                onClick={() =>
                  void restore(
                    `back to “${change.why}”`.slice(0, 500),
                    "Those rules are live again.",
                    change.version,
                  )
                }
              >
                Back to these<span className="heard">: {change.why}</span>
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Said({ change: { who, why, at } }: { readonly change: Change }) {
  return (
    <>
      <p>“{why}”</p>
      <p className="quiet small">
        {who}, <time dateTime={at}>{atMoment(at)}</time>
      </p>
    </>
  );
}
