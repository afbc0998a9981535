import type { SavedRules } from "aisle/admin";
import { type FormEvent, useState } from "react";
import { AdminProblem, ask } from "./admin-client.ts";
import { Dialog } from "./dialog.tsx";
import { Reason } from "./move-dialog.tsx";
import { CostOfRules } from "./rules-cost.tsx";
import { type Draft, summaryOf } from "./rules-draft.ts";
import { Failure } from "./states.tsx";

/** The cost is seen before anything is saved; who has saved meanwhile is named, and nothing is overwritten. */
export function SaveDialog({
  draft,
  replaces,
  onClose,
  onSaved,
  onConflict,
}: {
  readonly draft: Draft;
  /** the version that the draft began with */
  readonly replaces: string;
  readonly onClose: () => void;
  readonly onSaved: () => void;
  readonly onConflict: () => void;
}) {
  const [reason, setReason] = useState("");
  const [error, setError] = useState<unknown>();
  const [isSending, setSending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    setError(undefined);
    try {
      await ask<SavedRules>("rules", {
        method: "PUT",
        ifMatch: `"${replaces}"`,
        body: { rules: draft, reason },
      });
      onSaved();
    } catch (failure) {
      setSending(false);
      if (failure instanceof AdminProblem && failure.status === 412) onConflict();
      else setError(failure);
    }
  };
  return (
    <Dialog title="Save these rules" onClose={onClose}>
      <p className="quiet">{summaryOf(draft)}; live for everybody as soon as they are saved.</p>
      <CostOfRules draft={draft} />
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Reason label="Why?" value={reason} onChange={setReason} hint="Kept with your name in the history." />
        {error !== undefined && (
          <>
            <Failure error={error} />
            {error instanceof AdminProblem && (
              <ul className="bad small">
                {error.parts.map(({ parameter, detail }) => (
                  <li key={parameter + detail}>
                    {parameter}: {detail}
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
        <div className="buttons">
          <button type="button" className="button plain" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button" disabled={isSending}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
