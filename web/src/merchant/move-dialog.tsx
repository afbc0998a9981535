import type { ChannelState, ModelDetail } from "aisle/admin";
import { type FormEvent, useState } from "react";
import { AdminProblem, ask } from "./admin-client.ts";
import { Dialog } from "./dialog.tsx";
import { Failure, Loaded, Skeleton } from "./states.tsx";
import { useAsked } from "./use-asked.ts";
import { onDay } from "./words.ts";

interface MoveProps {
  readonly kind: "promote" | "rollback";
  readonly version: string;
  /** with words for what was done, if anything */
  readonly onClose: (done?: string) => void;
}

/** Makes a model live, or goes back to one, with the reason that the channel's history keeps. */
export function MoveDialog(props: MoveProps) {
  const channel = useAsked<ChannelState>("channel");
  const title = props.kind === "promote" ? "Make this model live" : "Go back to this model";
  return (
    <Dialog title={title} onClose={() => props.onClose()}>
      <Loaded asked={channel}>
        {({ etag }) => <MoveForm {...props} etag={etag} lookAgain={channel.again} />}
      </Loaded>
    </Dialog>
  );
}

function MoveForm({
  kind,
  version,
  onClose,
  etag,
  lookAgain,
}: MoveProps & { readonly etag: string; readonly lookAgain: () => Promise<void> }) {
  const model = useAsked<ModelDetail>(`models/${version}`);
  const [reason, setReason] = useState("");
  const [force, setForce] = useState("");
  const [error, setError] = useState<unknown>();
  const [isSending, setSending] = useState(false);
  const gate = kind === "promote" ? model.answer?.gate : undefined;
  const isHeld = gate?.decision === "hold";
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    setError(undefined);
    const body = { version, reason, ...(isHeld && { force }) };
    try {
      await ask(`channel/${kind}`, { method: "POST", ifMatch: etag, body });
      onClose(kind === "promote" ? `Model ${version} is live.` : `Went back: model ${version} is live.`);
    } catch (failure) {
      setError(failure);
      setSending(false);
      if (failure instanceof AdminProblem && failure.status === 412) await lookAgain();
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="form">
      <p>
        <code>{version}</code>
        {model.answer && <span className="quiet"> made on {onDay(model.answer.createdAt)}</span>}
      </p>
      {kind === "promote" && model.isAsking && (
        <div>
          <p className="quiet small">Asking the checks…</p>
          <Skeleton lines={1} />
        </div>
      )}
      {model.error !== undefined && <Failure error={model.error} again={model.again} />}
      {gate && (
        <div className={isHeld ? "verdict held" : "verdict"}>
          <p>
            <strong>{isHeld ? "The checks hold it" : "The checks let it through"}</strong>
          </p>
          <p>{gate.reason}.</p>
        </div>
      )}
      <Reason label="Why?" value={reason} onChange={setReason} hint="Kept with your name in the history." />
      {isHeld && (
        <Reason
          label="Why all the same, although the checks hold it?"
          value={force}
          onChange={setForce}
          hint="A reason of its own, since the next person will ask."
        />
      )}
      {error !== undefined && <Failure error={error} />}
      <div className="buttons">
        <button type="button" className="button plain" onClick={() => onClose()}>
          Cancel
        </button>
        <button
          type="submit"
          className="button"
          disabled={isSending || (kind === "promote" && gate === undefined)}
        >
          {isHeld ? "Make it live all the same" : kind === "promote" ? "Make it live" : "Go back"}
        </button>
      </div>
    </form>
  );
}

/** A line of text that says why something is done. */
export function Reason({
  label,
  hint,
  value,
  onChange,
}: {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        value={value}
        onChange={(event) => onChange(event.target.value)}
        minLength={3}
        maxLength={500}
        required
        autoComplete="off"
      />
      <span className="quiet small">{hint}</span>
    </label>
  );
}
