import type { LiveRules, Shelf, Shoppers } from "aisle/admin";
import { useEffect, useMemo, useState } from "react";
import { ConflictNote } from "./conflict-note.tsx";
import { PinSearch } from "./pin-search.tsx";
import { PreviewBoard } from "./preview-board.tsx";
import { CostOfRules } from "./rules-cost.tsx";
import { type Draft, isSame, summaryOf, unpin } from "./rules-draft.ts";
import { RulesEditor } from "./rules-editor.tsx";
import { RulesHistory } from "./rules-history.tsx";
import { SaveDialog } from "./save-dialog.tsx";
import { ShopperChoice } from "./shopper-choice.tsx";
import { Failure, Loaded, Skeleton } from "./states.tsx";
import { type AskedState, useAsked } from "./use-asked.ts";
import { usePreview } from "./use-preview.ts";

export function Rules() {
  const live = useAsked<LiveRules>("rules");
  const [done, setDone] = useState("");
  const after = async (words: string) => {
    setDone(words);
    await live.again();
  };
  return (
    <>
      <div className="title">
        <h1>Rules</h1>
        <p className="quiet">
          What goes before taste: products that you promote, lift, sink or pin. Nothing is live before you
          save it.
        </p>
      </div>
      <p role="status" className="said">
        {done}
      </p>
      <Loaded asked={live} lines={6}>
        {(answer) => <RulesDesk key={answer.version} live={answer} again={live.again} after={after} />}
      </Loaded>
    </>
  );
}

interface DeskProps {
  readonly live: LiveRules;
  readonly again: AskedState<LiveRules>["again"];
  readonly after: (words: string) => unknown;
}

/** One draft, which begins with the rules of one version and is made anew with the next. */
function RulesDesk({ live, again, after }: DeskProps) {
  const [draft, setDraft] = useState<Draft>(live.rules);
  const [replaces, setReplaces] = useState(live.version);
  const [isSaving, setSaving] = useState(false);
  const [isConflict, setConflict] = useState(false);
  const [isMeasuring, setMeasuring] = useState<Draft>();
  const [userId, setUserId] = useState("");
  const shelf = useAsked<Shelf>("shelf");
  const shoppers = useAsked<Shoppers>("shoppers");
  const { preview, error } = usePreview(draft, userId);
  const isChanged = !isSame(draft, live.rules);
  useWarning(isChanged);
  const fields = useMemo(() => usableFields(shelf.answer), [shelf.answer]);
  return (
    <div className="desk">
      <div className="desk-left">
        <div className="save-bar">
          <p>
            <strong>{isChanged ? "Not saved yet" : "As it is live"}</strong>{" "}
            <span className="quiet">{summaryOf(draft)}</span>
          </p>
          <div className="buttons">
            <button
              type="button"
              className="button plain"
              disabled={!isChanged}
              onClick={() => setDraft(live.rules)}
            >
              Discard
            </button>
            <button type="button" className="button" disabled={!isChanged} onClick={() => setSaving(true)}>
              Save…
            </button>
          </div>
        </div>
        {isConflict && (
          <ConflictNote
            onTheirs={() => void again()}
            onMine={(version) => {
              setReplaces(version);
              setConflict(false);
              setSaving(true);
            }}
          />
        )}
        {live.faults.length > 0 && <Faults faults={live.faults} />}
        <RulesEditor draft={draft} fields={fields} checked={preview} onChange={setDraft} />
        <RulesHistory live={live} onRestored={after} />
      </div>
      <div className="desk-right">
        <section className="panel" aria-labelledby="preview">
          <h2 id="preview">What a shopper would see</h2>
          <ShopperChoice shoppers={shoppers.answer?.shoppers ?? []} userId={userId} onChange={setUserId} />
          {error !== undefined && <Failure error={error} />}
          {preview ? (
            <PreviewBoard preview={preview} draft={draft} onChange={setDraft} />
          ) : (
            error === undefined && <Skeleton lines={4} />
          )}
          <PinSearch draft={draft} onChange={setDraft} />
          <HiddenPins
            draft={draft}
            shown={preview?.after.map(({ itemId }) => itemId) ?? []}
            onChange={setDraft}
          />
        </section>
        <section className="panel" aria-labelledby="cost">
          <h2 id="cost">What it costs</h2>
          {isMeasuring === draft ? (
            <CostOfRules draft={draft} />
          ) : (
            <>
              <p className="quiet small">
                Asks for the lists of some hundred shoppers with and without these rules, and looks whether
                they still find what they took.
              </p>
              <button type="button" className="button plain" onClick={() => setMeasuring(draft)}>
                Measure
              </button>
            </>
          )}
        </section>
      </div>
      {isSaving && (
        <SaveDialog
          draft={draft}
          replaces={replaces}
          onClose={() => setSaving(false)}
          onSaved={() => {
            setSaving(false);
            after("Saved: these rules are live.");
          }}
          onConflict={() => {
            setSaving(false);
            setConflict(true);
          }}
        />
      )}
    </div>
  );
}

function Faults({ faults }: { readonly faults: LiveRules["faults"] }) {
  return (
    <div className="failure" role="alert">
      <p>What is live cannot be applied as a whole; these rules are left out of answers:</p>
      <ul>
        {faults.map(({ rule, reason }) => (
          <li key={rule}>
            <code>{rule}</code>: {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Pins that this shopper does not see: bought already, sold out, or further down. */
function HiddenPins({
  draft,
  shown,
  onChange,
}: {
  readonly draft: Draft;
  readonly shown: readonly string[];
  readonly onChange: (draft: Draft) => void;
}) {
  const hidden = draft.pins.filter(({ itemId }) => !shown.includes(itemId));
  if (hidden.length === 0 || shown.length === 0) return null;
  return (
    <div className="small">
      <p className="quiet">Pinned, and not seen by this shopper (bought, sold out, or further down):</p>
      <ul>
        {hidden.map(({ itemId, position }) => (
          <li key={itemId}>
            <code>{itemId}</code> at {position}{" "}
            <button type="button" className="link" onClick={() => onChange(unpin(draft, itemId))}>
              Unpin<span className="heard"> {itemId}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Moments are no field for a form, and a field whose texts are all different says which product it is. */
function usableFields(shelf: Shelf | undefined): Shelf["fields"] {
  return (shelf?.fields ?? []).filter((field) => {
    if (/timestamp|created/i.test(field.name)) return false;
    return field.kind === "number" || field.valueCount <= Math.max(20, (shelf?.productCount ?? 0) / 4);
  });
}

/** Whoever leaves the page with a draft is asked. */
function useWarning(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isChanged]);
}
