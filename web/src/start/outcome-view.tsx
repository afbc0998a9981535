import { Leaderboard } from "./leaderboard.tsx";
import type { OwnShopState } from "./start-api.ts";

type Outcome = NonNullable<OwnShopState["outcome"]>;

const words: Readonly<Record<Outcome["kind"], { title: string; text: string }>> = {
  promoted: {
    title: "Your shop is open",
    text: "The model that was trained serves now: rows follow each shopper.",
  },
  held: {
    title: "Your shop is open, with popular items",
    text: "The model that was trained was kept back, so everybody sees what is popular. This is why:",
  },
  failed: { title: "This did not work", text: "Nothing was changed by the step that failed. It says:" },
  stopped: { title: "Stopped", text: "What was live by then serves on. Your files are still here." },
};

/** How training ended, and where to go from there. */
export function OutcomeView({ outcome, isOpen }: { outcome: Outcome; isOpen: boolean }) {
  const { kind, reason, seconds, leaderboard } = outcome;
  const { title, text } = words[kind];
  return (
    <section
      ref={comeIntoView}
      className="panel outcome"
      data-kind={kind}
      aria-labelledby="outcome-title"
      role="status"
    >
      <header className="panel-head">
        <h2 id="outcome-title">{title}</h2>
        {seconds !== undefined && <span className="quiet seconds">{Math.round(seconds)} s</span>}
      </header>
      <p>{text}</p>
      {kind !== "stopped" && <blockquote>{sentence(reason)}</blockquote>}
      {isOpen && kind !== "failed" && (
        <a className="button" href="/">
          Go to my shop
        </a>
      )}
      {leaderboard && <Leaderboard board={leaderboard} isFinal />}
    </section>
  );
}

/** It stands below what was dropped, which may be long. */
function comeIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}
