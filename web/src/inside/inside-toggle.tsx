import { useObservable } from "../observable.ts";
import { inside, openInside } from "./inside-state.ts";
import "./inside-buttons.css";

/** The way into the drawer that shows what happens inside. */
export function InsideToggle() {
  const { isOpen } = useObservable(inside);
  return (
    <button
      type="button"
      className="inside-toggle"
      aria-haspopup="dialog"
      aria-expanded={isOpen}
      onClick={() => openInside({ view: "happened" })}
    >
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
        <path
          d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinejoin="round"
        />
      </svg>
      <span>See inside</span>
    </button>
  );
}
