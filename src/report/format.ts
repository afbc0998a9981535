import { type Figure, figureValue } from "../evaluation/metrics.ts";

/** The ends of a figure's interval; where it has none, both are the figure. */
export function endsOf(figure: Figure): { readonly low: number; readonly high: number } {
  return typeof figure === "number" ? { low: figure, high: figure } : figure;
}

/** Four decimals: what a metric between 0 and 1 is told with. */
export function fixed(value: number): string {
  return value.toFixed(4);
}

/** `0.1234 (0.1180 to 0.1290)` */
export function withInterval(figure: Figure): string {
  const { low, high } = endsOf(figure);
  return low === high
    ? fixed(figureValue(figure))
    : `${fixed(figureValue(figure))} (${fixed(low)} to ${fixed(high)})`;
}

/** Of a share: `12 %`, `1.2 %`, `0.12 %`. */
export function percent(share: number): string {
  const value = 100 * share;
  const size = Math.abs(value);
  return `${Number(value.toFixed(size >= 10 ? 0 : size >= 1 ? 1 : 2))} %`;
}

const whole = new Intl.NumberFormat("en-US");

/** `1,234,567` */
export function count(value: number): string {
  return whole.format(value);
}

/** `7 trials`, `1 trial` */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** `35 ms`, `1.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min` */
export function duration(seconds: number): string {
  if (seconds < 0.995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const all = Math.round(seconds);
  if (all < 60) return `${all} s`;
  if (all < 3600) return joined(Math.floor(all / 60), "min", all % 60, "s");
  return joined(Math.floor(all / 3600), "h", Math.floor((all % 3600) / 60), "min");
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return `${large} ${largeUnit}${small === 0 ? "" : ` ${small} ${smallUnit}`}`;
}

export function mebibytes(bytes: number): string {
  return `${count(Math.round(bytes / 2 ** 20))} MiB`;
}

/** `2026-11-24 21:13 UTC` of an ISO 8601 date. */
export function moment(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

const metricWords: Readonly<Record<string, string>> = {
  ndcg: "NDCG",
  mrr: "MRR",
  map: "MAP",
  hit: "Hit rate",
  "recall-min": "Recall (min)",
  "popular-share": "Head share",
};

/** `ndcg@10` → `NDCG@10` */
export function metricName(name: string): string {
  const [kind, cutoff] = name.split("@");
  const word = metricWords[kind] ?? `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
  return cutoff === undefined ? word : `${word}@${cutoff}`;
}

/** What a list is asked for, in words. */
export function taskName(task: "all" | "new"): string {
  return task === "all" ? "all items" : "items new to the user";
}
