import { axisX, axisY, dot, gridX, link, plot, ruleX } from "@observablehq/plot";
import { useEffect, useRef, useState } from "react";
import { percent } from "./words.ts";

export interface IntervalRow {
  /** what stands at the left; rows keep their order */
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly isMarked?: boolean;
}

/** A point and its 95 % interval for each row, in per cent. The same figures stand beside it as text. */
export default function IntervalPlot({
  rows,
  title,
  axis,
  zero,
}: {
  readonly rows: readonly IntervalRow[];
  /** what the picture says, for those who do not see it */
  readonly title: string;
  /** what is along the bottom */
  readonly axis: string;
  /** what 0 stands for, where it is to be seen */
  readonly zero?: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  useEffect(() => {
    const element = place.current;
    if (element === null || width === 0) return;
    const labelWidth = Math.min(width * 0.4, 9 * Math.max(...rows.map(({ label }) => label.length)));
    const marks = [
      gridX({ stroke: "var(--line)", strokeOpacity: 1 }),
      axisX({
        label: null,
        tickFormat: (share: number) => percent(share),
        ticks: width < 480 ? 2 : 7,
        tickSize: 0,
      }),
      axisY({ label: null, tickSize: 0, tickFormat: (label: string) => shortened(label, labelWidth / 7.5) }),
      ...(zero === undefined ? [] : [ruleX([0], { stroke: "var(--ink)", strokeWidth: 1.5 })]),
      link(rows, { x1: "low", x2: "high", y1: "label", y2: "label", stroke: strokeOf, strokeWidth: 3 }),
      dot(rows, { x: "value", y: "label", r: 6, fill: strokeOf, stroke: "var(--surface)", strokeWidth: 1.5 }),
    ];
    const drawn = plot({
      ...{ width, height: 36 + 34 * rows.length, marginLeft: labelWidth + 12, marginRight: 24, marginTop: 8 },
      ...{ marginBottom: 28, marks, ariaLabel: title },
      y: { domain: rows.map(({ label }) => label), padding: 0.5 },
      style: { background: "transparent", color: "var(--ink)", fontFamily: "inherit", fontSize: "13px" },
    });
    // Its own style element would be inline, which the page's policy forbids: merchant.css has what is needed of it.
    for (const style of drawn.querySelectorAll("style")) style.remove();
    drawn.setAttribute("role", "img");
    // Parts of a picture have no names of their own.
    for (const part of drawn.querySelectorAll("g[aria-label]")) part.removeAttribute("aria-label");
    element.replaceChildren(drawn);
  }, [rows, width, title, zero]);
  return (
    <figure className="plot">
      <div ref={place} />
      <figcaption className="quiet small">{axis}</figcaption>
    </figure>
  );
}

function strokeOf({ isMarked }: IntervalRow): string {
  return isMarked ? "var(--mark)" : "var(--line-strong)";
}

function shortened(label: string, lengthMax: number): string {
  return label.length <= lengthMax ? label : `${label.slice(0, Math.max(4, lengthMax - 1))}…`;
}

function useWidth(place: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return width;
}
