import { type DragEvent, useId, useState } from "react";
import { FileReport } from "./file-report.tsx";
import type { FileKind, OwnFile, ReadingSettings } from "./start-api.ts";
import { count, kindWords, size } from "./words.ts";

export interface DropZoneProps {
  readonly kind: FileKind;
  readonly file: OwnFile | undefined;
  /** of a file on its way: its name, and how much of it is there */
  readonly sending: { readonly name: string; readonly share: number } | undefined;
  readonly bytesMax: number;
  readonly isLocked: boolean;
  onFiles(files: readonly File[], kind: FileKind): void;
  onStop(): void;
  onForget(): void;
  onSay(settings: ReadingSettings): void;
}

/** A place for one of the two files, and once it is there what was found in it. */
export function DropZone(props: DropZoneProps) {
  const { kind, file, sending, isLocked, onFiles } = props;
  const [isOver, setOver] = useState(false);
  const heading = useId();
  const { title, what } = kindWords[kind];
  const drop = (event: DragEvent) => {
    event.preventDefault();
    event.stopPropagation();
    setOver(false);
    if (!isLocked) onFiles([...event.dataTransfer.files], kind);
  };
  const over = (event: DragEvent) => {
    event.preventDefault();
    setOver(!isLocked);
  };
  const look = file?.reading?.problem ? "unclear" : file?.phase === "read" ? "ready" : "open";
  return (
    <section
      className="drop-zone"
      data-look={look}
      data-over={isOver || undefined}
      aria-labelledby={heading}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <header>
        <h2 id={heading}>{title}</h2>
        {kind === "items" && file === undefined && <span className="tag">optional</span>}
      </header>
      {sending ? <OnItsWay {...sending} onStop={props.onStop} /> : <Settled {...props} what={what} />}
    </section>
  );
}

function OnItsWay({ name, share, onStop }: { name: string; share: number; onStop(): void }) {
  return (
    <div className="on-its-way">
      <p>
        <strong>{name}</strong> is on its way
      </p>
      <progress value={share} max={1} aria-label={`${name} on its way`} />
      <button type="button" className="link" onClick={onStop}>
        Stop
      </button>
    </div>
  );
}

function Settled(props: DropZoneProps & { what: string }) {
  const { kind, file, bytesMax, isLocked, what, onFiles, onForget, onSay } = props;
  if (file === undefined) {
    return (
      <>
        <p className="quiet">{what}</p>
        <Chooser label={`Choose ${kind}.csv`} kind={kind} isLocked={isLocked} onFiles={onFiles} />
        <p className="small quiet">
          or drop it here. CSV, JSON Lines or Parquet, gzipped or not, up to {size(bytesMax)}.
        </p>
        <details>
          <summary>What it looks like</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>{kindWords[kind].example}</pre>
        </details>
      </>
    );
  }
  return (
    <>
      <p className="file-name">
        <strong>{file.name}</strong> <span className="quiet">{size(file.bytes)}</span>
      </p>
      {file.reading === undefined ? (
        <p className="quiet reading">{readingWords(file)}</p>
      ) : (
        <FileReport
          key={JSON.stringify(file.settings)}
          kind={kind}
          file={file}
          isLocked={isLocked}
          onSay={onSay}
        />
      )}
      {!isLocked && (
        <p className="file-actions">
          <Chooser label="Another file" kind={kind} isLocked={false} isSmall onFiles={onFiles} />
          <button type="button" className="link" onClick={onForget}>
            Remove
          </button>
        </p>
      )}
    </>
  );
}

function readingWords({ phase, rowsRead }: OwnFile): string {
  if (phase === "arriving") return "Arriving…";
  return rowsRead === undefined ? "Being read…" : `Being read: ${count(rowsRead)} rows so far`;
}

interface ChooserProps {
  readonly label: string;
  readonly kind: FileKind;
  readonly isLocked: boolean;
  readonly isSmall?: boolean;
  onFiles(files: readonly File[], kind: FileKind): void;
}

function Chooser({ label, kind, isLocked, isSmall, onFiles }: ChooserProps) {
  return (
    <label className={isSmall ? "chooser link" : "chooser button plain"}>
      <input
        type="file"
        className="heard"
        accept=".csv,.tsv,.jsonl,.ndjson,.parquet,.gz"
        multiple={!isSmall}
        disabled={isLocked}
        data-kind={kind}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])], kind);
          // The same file once more is a choice too.
          currentTarget.value = "";
        }}
      />
      {label}
    </label>
  );
}
