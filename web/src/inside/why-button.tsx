import { openInside, type WhySubject } from "./inside-state.ts";
import "./inside-buttons.css";

export type WhyProps = WhySubject;

/** "Why this?" on a card. */
export function WhyButton(subject: WhyProps) {
  return (
    <button
      type="button"
      className="why-button"
      aria-haspopup="dialog"
      onClick={(event) => {
        // The card around it is a way to the product.
        event.preventDefault();
        event.stopPropagation();
        openInside({ view: "why", subject });
      }}
    >
      Why this?
    </button>
  );
}
