import { comparePaired, type PairedDifference } from "../evaluation/compare.ts";
import { testUsersMin } from "../registry/gate.ts";
import type { Registry } from "../registry/registry.ts";
import { RunStore, UnknownRunError } from "./run-store.ts";

/** What a recommender was worth to each user. */
export interface Measured {
  /** as it was asked for */
  readonly name: string;
  readonly part: "validation" | "test";
  readonly cut: string;
  /** such as `ndcg@10 on all items` */
  readonly metric: string;
  /** (users), the same order for all of the same cut */
  readonly values: Float32Array;
  /** what it was, where a search went on without it: it could not show all that it can */
  readonly fellOutAt?: { readonly factors: number; readonly iterations: number } | undefined;
}

export interface Comparison {
  readonly metric: string;
  readonly part: Measured["part"];
  readonly cut: string;
  /** `better`: the second is better than the first by a 95 % interval */
  readonly verdict: "better" | "worse" | "cannot tell";
  /** second − first */
  readonly difference: PairedDifference;
  readonly sentence: string;
}

/** Two measurements that do not pair up. */
export class UnlikeMeasurementsError extends Error {
  override name = "UnlikeMeasurementsError";
}

/**
 * What was measured by user of a model's version, of a run (what it chose, on its test part), or of a trial, as in
 * `RUN/7` (on its run's validation part).
 * @throws UnknownRunError where there is none, UnlikeMeasurementsError where nothing was measured
 */
export async function findMeasured(registry: Registry, name: string): Promise<Measured> {
  const runs = new RunStore(registry.store);
  const [, run, digits] = /^(.+)\/(\d+)$/.exec(name) ?? [];
  if (run !== undefined) return await measuredTrial(runs, run, Number(digits), name);
  if (await runs.has(name)) return await measuredRun(runs, name);
  const versions = new Set((await registry.manifests()).map(({ version }) => version));
  if (versions.has(name)) return await measuredModel(registry, name);
  throw new UnknownRunError(
    `there is neither a run nor a model ${name} in ${registry.store.location}: see "aisle runs list" and "aisle models"; ` +
      "a trial is named RUN/7",
  );
}

async function measuredTrial(runs: RunStore, run: string, trial: number, name: string): Promise<Measured> {
  await runs.run(run);
  const record = (await runs.trials(run)).find((each) => each.trial === trial);
  if (!record)
    throw new UnknownRunError(
      `run ${run} has no trial ${trial} that has ended: see "aisle runs list ${run}"`,
    );
  const users = await runs.trialUsers(run, trial);
  if (!users)
    throw new UnlikeMeasurementsError(
      `trial ${name} came to nothing: ${record.error ?? "it measured nobody"}`,
    );
  const { cut, metric, values } = users;
  const { fellOutAt } = record;
  return { name, part: "validation", cut, metric, values: Float32Array.from(values.aisle), fellOutAt };
}

async function measuredRun(runs: RunStore, name: string): Promise<Measured> {
  const users = await runs.resultUsers(name);
  if (!users?.values.aisle?.length) {
    const reason = (await runs.result(name))
      ? "held nothing out"
      : "has not ended: go on with aisle train --resume";
    throw new UnlikeMeasurementsError(
      `run ${name} ${reason}, so there is nothing to compare but its trials (${name}/0 …)`,
    );
  }
  const { cut, metric, values } = users;
  return { name, part: "test", cut, metric, values: Float32Array.from(values.aisle) };
}

async function measuredModel(registry: Registry, name: string): Promise<Measured> {
  const record = await registry.testRecord(name);
  if (!record?.model.length) {
    throw new UnlikeMeasurementsError(
      `nothing was held out when model ${name} was made, so nothing was measured`,
    );
  }
  const { cut, metric, model } = record;
  // A model's record says what it is of only where that is new items.
  const whole = / on (all|new) items$/.test(metric) ? metric : `${metric} on all items`;
  return { name, part: "test", cut, metric: whole, values: Float32Array.from(model) };
}

/**
 * The second against the first by the paired bootstrap over users.
 * @throws UnlikeMeasurementsError where they were not measured on the same cut by the same figure
 */
export function compareMeasured(first: Measured, second: Measured, seed = 1): Comparison {
  checkAlike(first, second);
  const difference = comparePaired(first.values, second.values, { seed });
  const { userCount, low, high } = difference;
  const isClear = userCount >= testUsersMin && (low > 0 || high < 0);
  const verdict = !isClear ? "cannot tell" : low > 0 ? "better" : "worse";
  const { metric, part, cut } = first;
  const sentence = sentenceOf(first, second, verdict, difference) + budgetNote(first, second);
  return { metric, part, cut, verdict, difference, sentence };
}

/** A trial that fell out could not show all that it can. */
function budgetNote(first: Measured, second: Measured): string {
  const notes = [first, second].flatMap(({ name, fellOutAt }) => {
    if (!fellOutAt) return [];
    const { factors, iterations } = fellOutAt;
    return [
      `${name} fell out at ${factors} factors after ${iterations} iteration${iterations === 1 ? "" : "s"}`,
    ];
  });
  return notes.length === 0 ? "" : `; ${notes.join(", ")}`;
}

function checkAlike(first: Measured, second: Measured): void {
  if (first.part !== second.part) {
    throw new UnlikeMeasurementsError(
      "a trial is measured on its run's validation part, a run's choice and a model on the test part: compare two of a kind",
    );
  }
  if (first.metric !== second.metric) {
    throw new UnlikeMeasurementsError(
      `${first.name} was measured by ${first.metric}, ${second.name} by ${second.metric}: train both with the same --select-by`,
    );
  }
  if (first.cut !== second.cut) {
    throw new UnlikeMeasurementsError(
      `${first.name} and ${second.name} were not measured on the same cut: other events, or another split of them. ` +
        "Train both on the same files with the same --split, --test-from and --validation-from, or try both settings in one run",
    );
  }
}

function sentenceOf(
  first: Measured,
  second: Measured,
  verdict: Comparison["verdict"],
  { value, low, high, userCount }: PairedDifference,
): string {
  const users = `${userCount.toLocaleString("en")} users`;
  const interval = `95 % interval ${signed(low)} to ${signed(high)}`;
  const on = `${first.metric}, ${first.part} part, ${users}`;
  if (verdict === "cannot tell") {
    const why = userCount < testUsersMin ? `, and under ${testUsersMin} users cannot tell` : "";
    return `cannot tell ${second.name} from ${first.name}: ${signed(value)} (${interval}; ${on}${why})`;
  }
  const half = (high - low) / 2;
  const by = `${Math.abs(value).toFixed(4)} ± ${half.toFixed(4)}`;
  return `${second.name} is ${verdict} than ${first.name} by ${by} (${interval}; ${on})`;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
}
