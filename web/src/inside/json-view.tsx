import { useState } from "react";

const charactersMax = 20_000;

/** The very text, one click deeper. Written as text, so that nothing in it is ever markup. */
export function JsonView({ label, value }: { label: string; value: unknown }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="json" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{label}</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre tabIndex={0}>{written(value)}</pre>
      )}
    </details>
  );
}

function written(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2) ?? "nothing";
  return text.length > charactersMax
    ? `${text.slice(0, charactersMax)}\n… ${text.length - charactersMax} characters more`
    : text;
}
