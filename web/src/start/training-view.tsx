import { useEffect, useState } from "react";
import { Leaderboard } from "./leaderboard.tsx";
import type { OwnShopState } from "./start-api.ts";
import { stepWords } from "./words.ts";

type Training = NonNullable<OwnShopState["training"]>;

interface Props {
  readonly training: Training;
  readonly isOwn: boolean;
  /** are the shop's own products served already, by what is popular? */
  readonly isOpen: boolean;
  onStop(): void;
}

/** Training as it goes: the step, what was tried, and how it does against simpler ways. */
export function TrainingView({ training, isOwn, isOpen, onStop }: Props) {
  const { step, done, trials = [], leaderboard } = training;
  return (
    <section ref={comeIntoView} className="panel" aria-labelledby="training-title">
      <header className="panel-head">
        <h2 id="training-title">{isOwn ? "Your shop is learning" : "The demo shop is learning"}</h2>
        <Seconds />
      </header>
      <p className="step" role="status">
        {stepWords(step)}
      </p>
      <progress className="wide" max={1} aria-label="Training" {...(done !== undefined && { value: done })} />
      {isOwn && isOpen && (
        <p className="good">
          Your products are in the shop already, the popular ones first.{" "}
          <a href="/" target="_blank" rel="noreferrer">
            See them while it learns
          </a>
        </p>
      )}
      {trials.length > 0 && <Trials trials={trials} />}
      {leaderboard && <Leaderboard board={leaderboard} isFinal={false} />}
      {isOwn && (
        <button type="button" className="button plain" onClick={onStop}>
          Stop
        </button>
      )}
    </section>
  );
}

/** Settings that were tried, by how well they foretold what shoppers did next. */
function Trials({ trials }: { trials: NonNullable<Training["trials"]> }) {
  const best = Math.max(...trials.map(({ value = 0 }) => value), Number.MIN_VALUE);
  const last = trials.at(-1)!;
  return (
    <details className="trials">
      <summary>
        {last.trial} of {last.of} settings tried
      </summary>
      <ol>
        {trials.toReversed().map(({ trial, settings, value, fellOut }) => (
          <li key={trial} data-best={value === best || undefined} data-fell={fellOut}>
            <span className="trial-bar" style={{ inlineSize: `${((value ?? 0) / best) * 100}%` }} />
            <span className="settings">{settings}</span>
            <span className="value">{value === undefined ? "failed" : value.toFixed(4)}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** Since this was first shown. */
function Seconds() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const begun = performance.now();
    const timer = setInterval(() => setSeconds(Math.round((performance.now() - begun) / 1000)), 1000);
    return () => clearInterval(timer);
  }, []);
  return <span className="quiet seconds">{seconds} s</span>;
}

/** It stands below what was dropped, which may be long. */
function comeIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
