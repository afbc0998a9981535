import { useEffect, useRef, useState } from "react";
import { useObservable } from "../observable.ts";
import { served, watchModel } from "./model-watch.ts";

const shownMs = 6000;

/** How training stands, and that a better model has come, in a corner where nothing has to make room for it. */
export function StatusPill() {
  const { training, isAway, version } = useObservable(served);
  const before = useRef<string>(undefined);
  const [isNews, setNews] = useState(false);
  useEffect(() => {
    void startOnce();
  }, []);
  useEffect(() => {
    if (version === undefined || version === before.current) return;
    const isFirst = before.current === undefined;
    before.current = version;
    if (isFirst) return;
    setNews(true);
    const timer = setTimeout(() => setNews(false), shownMs);
    return () => clearTimeout(timer);
  }, [version]);
  const words = wordsFor({ training, isAway, isNews });
  return (
    <div className="pill" role="status" data-shown={words !== undefined}>
      {words}
      {training && training.failure === undefined && (
        <progress max={1} value={training.done} aria-label="How far training is" />
      )}
    </div>
  );
}

interface PillState {
  readonly training: { readonly step: string; readonly failure?: string } | undefined;
  readonly isAway: boolean;
  readonly isNews: boolean;
}

function wordsFor({ training, isAway, isNews }: PillState): string | undefined {
  if (isAway) return "The shop cannot be reached. It goes on with what it has.";
  if (isNews) return "A better model has arrived: the shelves are fresh.";
  if (training?.failure !== undefined) return training.failure;
  return training && `A better model is being trained: ${training.step}`;
}

let isStarted = false;

async function startOnce(): Promise<void> {
  if (isStarted) return;
  isStarted = true;
  await watchModel();
}
