import type { LiveRules } from "aisle/admin";
import { summaryOf } from "./rules-draft.ts";
import { Loaded } from "./states.tsx";
import { useAsked } from "./use-asked.ts";
import { atMoment } from "./words.ts";

/** Somebody else was faster: who, when and why, and what can be done. Nothing of the draft is lost meanwhile. */
export function ConflictNote({
  onTheirs,
  onMine,
}: {
  readonly onTheirs: () => void;
  /** with the version that the draft would replace */
  readonly onMine: (version: string) => void;
}) {
  const theirs = useAsked<LiveRules>("rules");
  return (
    <div className="note" role="alert" data-testid="conflict">
      <Loaded asked={theirs} lines={2}>
        {({ version, rules, history: [last] }) => (
          <>
            <p>
              <strong>{last?.who ?? "Somebody"} saved other rules meanwhile</strong>
              {last && (
                <>
                  , {atMoment(last.at)}: “{last.why}” ({summaryOf(rules)}).
                </>
              )}
            </p>
            <p>Your draft is still here, and nothing of theirs is overwritten.</p>
            <div className="buttons">
              <button type="button" className="button plain" onClick={onTheirs}>
                Drop mine, show theirs
              </button>
              <button type="button" className="button" onClick={() => onMine(version)}>
                Save mine in their place…
              </button>
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}
