import { type DragEvent, useRef, useState } from "react";
import { DropZone } from "./drop-zone.tsx";
import { guessKind } from "./guess-kind.ts";
import { OutcomeView } from "./outcome-view.tsx";
import "./start.css";
import {
  type FileKind,
  forgetFile,
  type OwnShopState,
  returnToDemo,
  type Sending,
  sayOfFile,
  sendFile,
  startTraining,
  stopTraining,
} from "./start-api.ts";
import { TrainingView } from "./training-view.tsx";
import { type OwnShop, useOwnShop } from "./use-own-shop.ts";
import { count } from "./words.ts";

const kinds = ["events", "items"] as const;

/** One's own shop from one's own files, without anything leaving the machine. */
export function StartPage() {
  const shop = useOwnShop();
  const { state, failure, act } = shop;
  const { sending, send, stop } = useSending(shop);
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    for (const file of files) void send(await guessKind(file), file);
  };
  const choose = async (files: readonly File[], kind: FileKind) => {
    if (files.length === 1) return void send(kind, files[0]);
    for (const file of files) void send(await guessKind(file), file);
  };
  return (
    <main
      id="main"
      className="page start"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => void drop(event)}
    >
      <Opening />
      {failure && (
        <p className="problem page-problem" role="alert">
          {failure}{" "}
          <button type="button" className="link" onClick={shop.dismiss}>
            Dismiss
          </button>
        </p>
      )}
      {state && (
        <>
          <div className="zones">
            {kinds.map((kind) => (
              <DropZone
                key={kind}
                kind={kind}
                file={state.files[kind]}
                sending={sending[kind]}
                bytesMax={state.bytesMax[kind]}
                isLocked={state.isOwnTraining}
                onFiles={(files, at) => void choose(files, at)}
                onStop={() => stop(kind)}
                onForget={() => void act(() => forgetFile(kind))}
                onSay={(settings) => void act(() => sayOfFile(kind, settings))}
              />
            ))}
          </div>
          <Progress state={state} act={act} />
          <Live state={state} act={act} />
        </>
      )}
    </main>
  );
}

function Opening() {
  return (
    <>
      <nav className="start-nav" aria-label="Shop">
        <a href="/" className="brand">
          aisle
        </a>
        <a href="/">Back to the shop</a>
      </nav>
      <header className="start-head">
        <h1>Your own shop, in a minute</h1>
        <p>
          Drop what people did and what you sell. It is read, learnt from and served on this machine;{" "}
          <strong>nothing leaves it</strong>, and the files are gone when the server stops.
        </p>
      </header>
    </>
  );
}

/** What can be done with the files, what is being done, and what came of it. */
function Progress({ state, act }: Pick<OwnShop, "act"> & { state: OwnShopState }) {
  const { training, isOwnTraining, outcome, live } = state;
  const isOpen = live !== undefined && !live.isDemo;
  if (isOwnTraining && training) {
    const onStop = () => void act(stopTraining);
    // Another shop of one's own may be served until this one's products are counted.
    const names = kinds.flatMap((kind) => state.files[kind]?.name ?? []).join(", ");
    return <TrainingView training={training} isOwn isOpen={live?.source === names} onStop={onStop} />;
  }
  const wait = whyNot(state);
  return (
    <>
      {outcome && <OutcomeView outcome={outcome} isOpen={isOpen} />}
      {state.files.events && (
        <div className="go">
          <button
            type="button"
            className={outcome && outcome.kind !== "failed" ? "button plain" : "button large"}
            disabled={wait !== undefined}
            onClick={() => void act(startTraining)}
          >
            {outcome ? "Train again" : "Open my shop"}
          </button>
          <p className="quiet" role="status">
            {wait ??
              "Popular products show within seconds; a model of your shoppers follows and swaps itself in."}
          </p>
        </div>
      )}
    </>
  );
}

/** Why training cannot begin yet; nothing where it can. */
function whyNot({ files }: OwnShopState): string | undefined {
  const open = kinds.flatMap((kind) => files[kind] ?? []);
  const unread = open.find(({ phase }) => phase !== "read");
  if (unread) return `${unread.name} is still being read.`;
  const unclear = open.find(({ reading }) => reading?.problem);
  if (unclear === undefined) return undefined;
  const isUseless = unclear.reading?.problem?.about === "file";
  return isUseless
    ? `${unclear.name} cannot be used: see above.`
    : `${unclear.name} needs a word from you first.`;
}

function Live({ state, act }: Pick<OwnShop, "act"> & { state: OwnShopState }) {
  const { live, training, isOwnTraining } = state;
  if (!live)
    return training && !isOwnTraining ? <p className="quiet live">The demo shop: {training.step}</p> : null;
  return (
    <aside className="live" aria-label="What is served now">
      <p>
        Served now: <strong>{live.source}</strong>, {count(live.itemCount)} products,{" "}
        {live.isPersonal ? `knows ${count(live.userCount)} shoppers` : "popular items for everybody"}
        {training && !isOwnTraining && `; a better model is being trained (${training.step})`}
      </p>
      {live.canReturnToDemo && (
        <button
          type="button"
          className="button plain"
          disabled={isOwnTraining}
          onClick={() => void act(returnToDemo)}
        >
          Back to the demo shop
        </button>
      )}
    </aside>
  );
}

type Sent = Partial<Record<FileKind, { readonly name: string; readonly share: number }>>;

/** Files on their way, at most one of each kind. */
function useSending({ act }: OwnShop) {
  const [sending, setSending] = useState<Sent>({});
  const under = useRef(new Map<FileKind, Sending>());
  const stop = (kind: FileKind) => under.current.get(kind)?.stop();
  const send = async (kind: FileKind, file: File) => {
    stop(kind);
    const show = (share: number) =>
      setSending((before) => ({ ...before, [kind]: { name: file.name, share } }));
    show(0);
    const sent = sendFile(kind, file, show);
    under.current.set(kind, sent);
    await act(() => sent.done);
    if (under.current.get(kind) !== sent) return;
    under.current.delete(kind);
    setSending(({ [kind]: _, ...others }) => others);
  };
  return { sending, send, stop };
}
