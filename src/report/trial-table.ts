import { tableOf } from "./figure.ts";
import { counted, duration, mebibytes, metricName } from "./format.ts";
import type { ReportData } from "./gather.ts";
import { type Content, type Html, html } from "./html.ts";
import type { Knob } from "./knobs.ts";
import { figureCell } from "./leaderboard.ts";
import { budgetWords, criterionOf, type PlacedTrial } from "./trials.ts";

/** So many of the best stand on the page; the others open. */
const shownAtOnce = 10;

/** Every trial with its settings and figures, best first, and why some failed. */
export function trialTable(data: ReportData, trials: readonly PlacedTrial[], knobs: readonly Knob[]): Html {
  const rows = trials.map((trial, at) => rowOf(trial, at, knobs, data.result?.trial));
  const metric = `${metricName(criterionOf(data.run))} on validation`;
  const heads = [
    "trial",
    metric,
    "outcome",
    ...knobs.map(({ name }) => name),
    "best iteration",
    "time",
    "memory",
  ];
  const [first, others] = [rows.slice(0, shownAtOnce), rows.slice(shownAtOnce)];
  const failed = data.trials.filter(({ outcome }) => outcome === "failed");
  const caption =
    others.length > 0 ? `The ${shownAtOnce} best of ${rows.length} trials` : "The trials, best first";
  return html`${first.length > 0 ? tableOf({ caption, heads, rows: first }) : ""}${
    others.length > 0
      ? html`<details><summary>The other ${counted(others.length, "trial")}</summary>${tableOf({ caption: "The other trials, best first", heads, rows: others })}</details>`
      : ""
  }${failed.length > 0 ? failures(failed) : ""}`;
}

function rowOf({ record }: PlacedTrial, at: number, knobs: readonly Knob[], chosen?: number): Content[] {
  const { trial, best, seconds, peakMemoryBytes } = record;
  return [
    trial === chosen ? html`<strong>${trial}</strong> <span class="mark">chosen</span>` : trial,
    best && figureCell(best.value),
    html`<span class="words">${budgetWords(record)}</span>`,
    ...knobs.map(({ labels, choices }) => labels[choices[at]]),
    best?.iteration,
    duration(seconds),
    peakMemoryBytes === undefined ? "–" : mebibytes(peakMemoryBytes),
  ];
}

function failures(failed: ReportData["trials"]): Html {
  return html`<h3>${counted(failed.length, "trial")} failed</h3><ul class="failures">${failed.map(
    ({ trial, error }) => html`<li>Trial ${trial}: ${error ?? "it did not say why"}</li>`,
  )}</ul>`;
}
