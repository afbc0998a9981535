import type { RunResult, TrialRecord } from "./record.ts";
import type { WholeRun } from "./run-store.ts";

export type Cell = string | number;
/** Column → value; what a row lacks is absent. */
export type Row = Readonly<Record<string, Cell>>;

/** Columns that are shown beside settings, in this order: what names a trial, and what came of it. */
const firstColumns = ["run", "trial", "outcome", "chosen"];

/** Every trial of a run as a row: all settings and all that was measured. */
export function trialRows(whole: WholeRun): Row[] {
  return whole.trials.map((trial) => trialRow(whole, trial));
}

function trialRow({ run, result }: WholeRun, trial: TrialRecord): Row {
  const { metric, k, task, target } = run.criterion;
  const isChosen = result?.trial === trial.trial;
  return defined({
    ...{ run: trial.run, trial: trial.trial, outcome: trial.outcome, chosen: isChosen ? "yes" : undefined },
    ...settingsOf(trial.recipe),
    ...{ fellOutAtFactors: trial.fellOutAt?.factors, fellOutAtIterations: trial.fellOutAt?.iterations },
    ...{ metric: `${metric}@${k} on ${task} items`, target, ...figureCells("value", trial.best?.value) },
    ...{ bestIteration: trial.best?.iteration, iterationsRun: trial.iterations.length },
    loss: trial.iterations.at(-1)?.loss,
    seconds: trial.seconds,
    peakMemoryMiB: trial.peakMemoryBytes && Math.round(trial.peakMemoryBytes / 2 ** 20),
    ...(isChosen ? testCells(result) : {}),
    ...{ startedAt: trial.startedAt, who: run.who, program: run.program, runSeed: run.seed },
    ...{
      source: run.data.source,
      events: run.data.eventCount,
      dataDigest: run.data.digest,
      cut: run.data.cut,
    },
    ...{ split: run.data.split, search: run.search, error: trial.error },
  });
}

function defined(row: Readonly<Record<string, Cell | undefined>>): Row {
  return Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== undefined)) as Row;
}

type Figure = NonNullable<TrialRecord["best"]>["value"];

/** A figure alone, or with its ends in columns of their own. */
function figureCells(name: string, figure: Figure | undefined): Record<string, Cell | undefined> {
  if (figure === undefined || typeof figure === "number") return { [name]: figure };
  return { [name]: figure.value, [`${name}Low`]: figure.low, [`${name}High`]: figure.high };
}

/** What the chosen recipe measured on the test part: `test all ndcg@10` and so on. */
function testCells({ metrics = {} }: RunResult): Record<string, Cell | undefined> {
  const entries = Object.entries(metrics).flatMap(([task, figures]) =>
    Object.entries(figures ?? {}).flatMap(([name, figure]) =>
      Object.entries(figureCells(`test ${task} ${name}`, figure)),
    ),
  );
  return Object.fromEntries(entries);
}

/** A recipe's settings by the names that the command's flags have. */
export function settingsOf(recipe: unknown): Record<string, Cell | undefined> {
  const { als = {}, confidence = {}, popularityExponent, ...rest } = recipe as Record<string, object>;
  const {
    formula,
    parameters = {},
    weights = {},
    halfLifeDays,
    ...others
  } = confidence as Record<string, object>;
  return {
    ...flat(als, ""),
    ...flat({ servingPopularityExponent: popularityExponent, ...rest }, ""),
    confidence: formula as unknown as string,
    ...flat({ halfLife: halfLifeDays ?? "none" }, ""),
    ...flat(parameters, "param."),
    ...flat(weights, "weight."),
    ...flat(others, ""),
  };
}

function flat(object: object, prefix: string): Record<string, Cell | undefined> {
  const cells = Object.entries(object).flatMap(([name, value]): [string, Cell | undefined][] => {
    if (value === undefined) return [];
    if (value === null) return [[prefix + name, "none"]];
    if (typeof value === "object") return Object.entries(flat(value, `${prefix}${name}.`));
    return [[prefix + name, typeof value === "number" ? value : String(value)]];
  });
  return Object.fromEntries(cells);
}

/** Every column that any row has, in the order of their first row, what names a trial first. */
export function columnsOf(rows: readonly Row[]): string[] {
  const all = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...firstColumns.filter((column) => all.delete(column)), ...all];
}

/** RFC 4180 with a header; CRLF, as the standard has it. */
export function toCsv(rows: readonly Row[]): string {
  const columns = columnsOf(rows);
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))];
  return lines.map((line) => `${line.map(csvCell).join(",")}\r\n`).join("");
}

/** A text that a spreadsheet would take for a formula is made a plain one. */
function csvCell(cell: Cell): string {
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
