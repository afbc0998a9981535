import type { ReactNode } from "react";

/** What may be wider than the page, and then scrolls by itself: by keyboard too, which is why it takes the focus. */
export function ScrollBox({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without a stop here a keyboard could not scroll it
    <section className="scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
