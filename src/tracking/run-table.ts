import type { RunResult } from "./record.ts";
import type { RunSummary } from "./run-store.ts";
import type { Row } from "./trial-table.ts";

/** A run as a row: what it was about, how far it came, and what was chosen. */
export function runRow({ run, trialCount, result }: RunSummary): Row {
  const cells = {
    run: run.run,
    started: run.createdAt.slice(0, 16).replace("T", " "),
    who: run.who,
    program: run.program,
    source: run.data.source,
    events: run.data.eventCount,
    digest: run.data.digest,
    search: run.search,
    seed: run.seed,
    trials: trialCount,
    of: run.trialCount,
    state: result ? "ended" : "not ended",
    seconds: result?.seconds,
    chosen: result?.trial,
    metric: `${run.criterion.metric}@${run.criterion.k} on ${run.criterion.task} items`,
    ...testOf(run.criterion, result),
    model: result?.model,
    channel: result?.gate?.channel,
    gate: result?.gate?.decision,
  };
  return Object.fromEntries(Object.entries(cells).filter(([, cell]) => cell !== undefined)) as Row;
}

/** What the choice measured on the test part, by the figure that chose. */
function testOf(
  { metric, k, task }: RunSummary["run"]["criterion"],
  result: RunResult | undefined,
): { test?: number; testLow?: number; testHigh?: number } {
  const figure = result?.metrics?.[task]?.[`${metric}@${k}`];
  if (figure === undefined) return {};
  if (typeof figure === "number") return { test: figure };
  return { test: figure.value, testLow: figure.low, testHigh: figure.high };
}
