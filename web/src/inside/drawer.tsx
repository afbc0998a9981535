import { type KeyboardEvent, useEffect, useRef } from "react";
import { useObservable } from "../observable.ts";
import { BesideView } from "./beside-view.tsx";
import { HappenedView } from "./happened-view.tsx";
import { closeInside, inside, openInside, type View, views } from "./inside-state.ts";
import "./drawer.css";
import { WhyView } from "./why-view.tsx";

const tabWords: Readonly<Record<View, string>> = {
  why: "Why this?",
  happened: "What happened",
  beside: "Side by side",
};

/** What happens inside, beside the shop: the platform's dialog keeps the focus in and hands it back. */
export function Drawer() {
  const { isOpen, view, subject } = useObservable(inside);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    if (isOpen && !element.open) element.showModal();
    if (!isOpen && element.open) element.close();
  }, [isOpen]);
  const shown = views.filter((each) => each !== "why" || subject !== undefined);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key for it is Escape
    <dialog
      ref={dialog}
      className="inside"
      aria-labelledby="inside-title"
      onCancel={(event) => {
        event.preventDefault();
        closeInside();
      }}
      onClick={({ target, currentTarget }) => {
        // Beside the drawer is nothing but its backdrop.
        if (target === currentTarget) closeInside();
      }}
    >
      <div className="inside-body">
        <Head />
        <Tabs shown={shown} current={view} />
        <div
          id="inside-panel"
          className="inside-panel"
          role="tabpanel"
          aria-labelledby={`inside-tab-${view}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
        >
          {isOpen && view === "why" && subject && (
            <WhyView key={`${subject.itemId} ${subject.answer.recommendationId}`} subject={subject} />
          )}
          {isOpen && view === "happened" && <HappenedView />}
          {isOpen && view === "beside" && <BesideView />}
        </div>
      </div>
    </dialog>
  );
}

function Head() {
  return (
    <header className="inside-head">
      <div>
        <h2 id="inside-title">Inside this shop</h2>
        <p className="quiet">What it is told, what it asks, and why it shows what it shows.</p>
      </div>
      <button type="button" className="inside-icon" aria-label="Close" onClick={closeInside}>
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <path d="m6 6 12 12M18 6 6 18" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
        </svg>
      </button>
    </header>
  );
}

function Tabs({ shown, current }: { readonly shown: readonly View[]; readonly current: View }) {
  return (
    <div
      className="inside-tabs"
      role="tablist"
      aria-label="What to look at"
      onKeyDown={(event) => walk(event, shown)}
    >
      {shown.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          id={`inside-tab-${each}`}
          aria-selected={each === current}
          aria-controls="inside-panel"
          tabIndex={each === current ? 0 : -1}
          onClick={() => openInside({ view: each })}
        >
          {tabWords[each]}
        </button>
      ))}
    </div>
  );
}

/** Left and right go from tab to tab, as tabs do. */
function walk(event: KeyboardEvent<HTMLElement>, shown: readonly View[]): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const at = shown.indexOf(inside.value.view);
  const next = shown[(at + step + shown.length) % shown.length];
  openInside({ view: next });
  event.currentTarget.querySelector<HTMLElement>(`#inside-tab-${next}`)?.focus();
}
