/** One line of a table: medians of ours and theirs, measured in turns in one run. */
export interface Row {
  readonly work: string;
  readonly peer: string;
  readonly ours: number;
  readonly theirs: number;
  readonly unit: string;
  /** ours / theirs */
  readonly ratio: number;
}

/** What one benchmark found: its rows, and tables and sentences for people. */
export interface Findings {
  readonly title: string;
  readonly rows: readonly Row[];
  /** Markdown, after the rows */
  readonly notes: readonly string[];
}

export function compare(work: string, peer: string, unit: string, ours: number, theirs: number): Row {
  return { work, peer, ours, theirs, unit, ratio: ours / theirs };
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("the median of nothing");
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Milliseconds that `work` takes. */
export function clock(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

/** A Markdown table. */
export function table(head: readonly string[], lines: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...lines.map(line)].join("\n");
}

export function rowsTable(rows: readonly Row[]): string {
  return table(
    ["work", "peer", "ours", "theirs", "unit", "ratio"],
    rows.map(({ work, peer, ours, theirs, unit, ratio }) => [
      work,
      peer,
      figure(ours),
      figure(theirs),
      unit,
      ratio.toFixed(3),
    ]),
  );
}

/** Three digits that say something. */
export function figure(value: number): string {
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6));
}
