import { writeFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import { leaderboardText } from "../evaluation/leaderboard.ts";
import { compareMeasured, findMeasured } from "../tracking/compare.ts";
import type { TrialRecord } from "../tracking/record.ts";
import { queryRows, UnknownColumnError } from "../tracking/row-query.ts";
import { RunStore, UnknownRunError, type WholeRun } from "../tracking/run-store.ts";
import { runRow } from "../tracking/run-table.ts";
import { type Row, settingsOf, toCsv, trialRows } from "../tracking/trial-table.ts";
import { gather } from "./option-values.ts";
import {
  addRegistryOptions,
  openRegistry,
  print,
  printJson,
  type RegistryFlags,
} from "./registry-options.ts";
import { definePush } from "./runs-push.ts";
import { formatColumns } from "./terminal.ts";

interface QueryFlags extends RegistryFlags {
  readonly where?: string[];
  readonly outcome?: TrialRecord["outcome"];
  readonly sort?: string;
  readonly trials?: boolean;
}

export function define(command: Command): void {
  const add = (usage: string, summary: string, isDefault = false): Command => {
    const subcommand = command.command(usage, { isDefault }).description(summary);
    addRegistryOptions(subcommand);
    return subcommand;
  };
  const addQuery = (subcommand: Command): Command =>
    subcommand
      .option("--where <condition>", 'as in "factors=64" or "seconds<10" (repeatable)', gather)
      .addOption(
        new Option("--outcome <name>", "only trials that ended so").choices([
          "finished",
          "fell-out",
          "failed",
        ]),
      )
      .option("--sort <column>", "rising; falling with a - before it");
  addQuery(add("list [run]", "every run, or a run's trials (the default)", true))
    .option("--trials", "the trials of all runs")
    .action(list);
  add(
    "show <run> [trial]",
    "what a run was about and what it found; or a trial, iteration by iteration",
  ).action(show);
  add("compare <base> <other>", "two trials (RUN/7), two runs' choices, or two models, user by user").action(
    compare,
  );
  definePush(command.command("push").description("send MLflow and Comet what they have not got"));
  addQuery(add("export [runs...]", "all trials of all runs, or of those named, as CSV"))
    .option("--out <file>", "into a file instead of stdout")
    .action(exportCsv);
}

function runStore(flags: RegistryFlags): RunStore {
  return new RunStore(openRegistry(flags).store);
}

async function list(name: string | undefined, flags: QueryFlags): Promise<void> {
  const runs = runStore(flags);
  if (name !== undefined) return listTrials([await runs.whole(name)], flags);
  if (flags.trials || flags.outcome !== undefined) return listTrials(await runs.all(), flags);
  const all = (await runs.summaries()).map(runRow);
  const rows = runsLike(all, flags);
  // What is asked for is no run's but a trial's.
  if (rows === undefined) return listTrials(await runs.all(), flags);
  if (flags.json) return printJson(rows);
  if (all.length === 0) return print(`no runs in ${runs.store.location} yet: aisle train makes one`);
  const told = [
    "run",
    "started",
    "source",
    "events",
    "trials",
    "of",
    "state",
    "chosen",
    "test",
    "model",
    "gate",
  ];
  print(table(rows, told));
}

/** `undefined` where a condition or the order names a column that runs have not. */
function runsLike(rows: readonly Row[], { where, sort = "-started" }: QueryFlags): Row[] | undefined {
  try {
    return queryRows(rows, { where, sort });
  } catch (error) {
    if (error instanceof UnknownColumnError) return undefined;
    throw error;
  }
}

/** The best first, unless another order is asked for. */
async function listTrials(wholes: readonly WholeRun[], flags: QueryFlags): Promise<void> {
  const rows = selected(wholes.flatMap(trialRows), { sort: "-value", ...flags });
  if (flags.json) return printJson(rows);
  if (wholes.every(({ trials }) => trials.length === 0)) return print("no trial has ended yet");
  const judged = ["value", "valueLow", "valueHigh", "bestIteration", "seconds", "peakMemoryMiB", "error"];
  const named = [...(wholes.length > 1 ? ["run"] : []), "trial", "outcome", "chosen"];
  print(table(rows, [...named, ...variedSettings(wholes), ...judged]));
}

function selected(rows: readonly Row[], { where, outcome, sort }: Partial<QueryFlags>): Row[] {
  const kept = outcome === undefined ? rows : rows.filter((row) => row.outcome === outcome);
  // A column that only the failed have not is no reason to complain that there is none.
  const known = sort === "-value" && !kept.some((row) => "value" in row) ? undefined : sort;
  return queryRows(kept, { where, sort: known });
}

/** The settings that differ between the trials: what is the same in all says nothing in a table. */
function variedSettings(wholes: readonly WholeRun[]): string[] {
  const settings = wholes.flatMap(({ trials }) => trials.map(({ recipe }) => settingsOf(recipe)));
  const names = new Set(settings.flatMap((each) => Object.keys(each)));
  return [...names].filter((name) => new Set(settings.map((each) => each[name])).size > 1);
}

/** Only columns that some row has something in. */
function table(rows: readonly Row[], columns: readonly string[]): string {
  const filled = columns.filter((column) => rows.some((row) => row[column] !== undefined));
  const cell = (value: Row[string] | undefined, column: string): string => {
    if (value === undefined) return "";
    if (typeof value === "string" || Number.isInteger(value)) return String(value);
    return column === "seconds" ? value.toFixed(1) : String(Number(value.toPrecision(4)));
  };
  if (rows.length === 0) return "nothing is like that";
  return formatColumns(
    filled,
    rows.map((row) => filled.map((column) => cell(row[column], column))),
  );
}

async function show(name: string, trial: string | undefined, flags: RegistryFlags): Promise<void> {
  const runs = runStore(flags);
  const whole = await runs.whole(name);
  if (trial !== undefined) return showTrial(whole, trial, flags);
  if (flags.json) return printJson({ ...whole.run, trials: whole.trials, result: whole.result });
  const { run, result, trials } = whole;
  const { metric, k, task } = run.criterion;
  const count = (outcome: TrialRecord["outcome"]): number =>
    trials.filter((each) => each.outcome === outcome).length;
  print(
    [
      `run ${run.run}, begun ${run.createdAt} by ${run.who} with aisle ${run.program}`,
      `${run.data.eventCount} events of ${run.data.source} (digest ${run.data.digest.slice(0, 12)})`,
      run.data.split,
      `${run.search} over ${run.trialCount} trials, chosen by ${metric}@${k} on ${task} items, seed ${run.seed}`,
      `ended: ${count("finished")} finished, ${count("fell-out")} fell out, ${count("failed")} failed`,
    ].join("\n"),
  );
  if (!result)
    return print(`it has not ended; if it was interrupted: aisle train --resume ${name}, called as it was`);
  const boards = (["all", "new"] as const).flatMap((of) => {
    const rows = Object.entries({ aisle: result.metrics, ...result.baselines }).flatMap(([slug, figures]) =>
      figures?.[of] && Object.keys(figures[of]).length > 0 ? [{ name: slug, figures: figures[of] }] : [],
    );
    return rows.length === 0 ? [] : ["", leaderboardText(rows, { heading: `${of} items` })];
  });
  const chosen = result.trial === undefined ? "nothing could choose" : `chosen: trial ${result.trial}`;
  const gate = result.gate && `gate (${result.gate.channel}): ${result.gate.decision}, ${result.gate.reason}`;
  print([...boards, "", `${chosen}; model ${result.model}`, ...(gate ? [gate] : [])].join("\n"));
}

async function showTrial({ run, trials }: WholeRun, trial: string, { json }: RegistryFlags): Promise<void> {
  const record = trials.find((each) => each.trial === Number(trial));
  if (!record) {
    throw new UnknownRunError(
      `run ${run.run} has no trial ${trial} that has ended: see "aisle runs list ${run.run}"`,
    );
  }
  if (json) return printJson(record);
  const settings = Object.entries(settingsOf(record.recipe)).filter(([, value]) => value !== undefined);
  const fell = record.fellOutAt ? ` at ${record.fellOutAt.factors} factors` : "";
  print(`trial ${record.trial} of ${run.run}: ${record.outcome}${fell}, ${record.seconds.toFixed(1)} s`);
  print(settings.map(([name, value]) => `  ${name} ${value}`).join("\n"));
  if (record.error !== undefined) print(record.error);
  const rows = record.iterations.map(({ iteration, loss, value, seconds }) => {
    const [mean, low, high] = typeof value === "number" ? [value] : [value.value, value.low, value.high];
    const ends = low === undefined ? "" : `[${low.toFixed(4)}, ${high?.toFixed(4)}]`;
    return [String(iteration), loss.toPrecision(6), mean.toFixed(4), ends, seconds.toFixed(1)];
  });
  const { metric, k } = run.criterion;
  if (rows.length > 0) print(formatColumns(["iteration", "loss", `${metric}@${k}`, "95 %", "seconds"], rows));
}

async function compare(base: string, other: string, flags: RegistryFlags): Promise<void> {
  const registry = openRegistry(flags);
  const [first, second] = [await findMeasured(registry, base), await findMeasured(registry, other)];
  const comparison = compareMeasured(first, second);
  if (flags.json) printJson({ base, other, ...comparison });
  else print(comparison.sentence);
}

async function exportCsv(names: string[], flags: QueryFlags & { readonly out?: string }): Promise<void> {
  const runs = runStore(flags);
  const wholes =
    names.length === 0 ? await runs.all() : await Promise.all(names.map((name) => runs.whole(name)));
  const rows = selected(wholes.flatMap(trialRows), flags);
  if (flags.json) return printJson(rows);
  if (flags.out === undefined) process.stdout.write(toCsv(rows));
  else {
    await writeFile(flags.out, toCsv(rows));
    process.stderr.write(`${rows.length} trials in ${flags.out}\n`);
  }
}
