import { type RungRecord, runKeys, type TrialRecord, type UserValues } from "../tracking/record.ts";
import { compactRecordOf, type KeptDocument, recordOf, userValuesOf } from "../tracking/run-writer.ts";
import type { Criterion } from "../training/criterion.ts";
import { recipeFromJson, recipeToJson } from "../training/grid.ts";
import type { TrialIteration, TrialOutcome } from "../training/trial.ts";

/** Such as `ndcg@10 on all items`. */
export function nameMetric({ metric, k, task }: Pick<Criterion, "metric" | "k" | "task">): string {
  return `${metric}@${k} on ${task} items`;
}

/** What is kept of a trial. */
function trialRecordOf(run: string, outcome: TrialOutcome): TrialRecord {
  const { trial, recipe, best, seconds, fellOutAt, error, peakMemoryBytes } = outcome;
  return {
    run,
    trial,
    startedAt: new Date(outcome.startedAt ?? Date.now()).toISOString(),
    recipe: recipeToJson(recipe),
    outcome: error !== undefined ? "failed" : fellOutAt ? "fell-out" : "finished",
    ...(fellOutAt && { fellOutAt }),
    ...(error !== undefined && { error: withoutUser(error) }),
    iterations: outcome.iterations.map(({ iteration, loss, seconds: passed, ...judged }) => {
      return { iteration, loss, value: figureOf(judged), seconds: passed };
    }),
    ...(best && { best: { iteration: best.iteration, value: figureOf(best) } }),
    seconds,
    ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
  };
}

function figureOf({
  value,
  interval,
}: Pick<TrialIteration, "value" | "interval">): TrialRecord["iterations"][0]["value"] {
  return interval ? { value, ...interval } : value;
}

/** A formula's complaint names the pair that it fails on: a record names nobody. */
function withoutUser(error: string): string {
  return error.replace(/ for user "[\s\S]*" and item "[\s\S]*"/, " for a pair");
}

/** What a trial's best iteration was worth to each user; `undefined` where it has none. */
function trialUsersOf({ judged }: TrialOutcome, criterion: Criterion): UserValues | undefined {
  return judged && userValuesOf({ cut: judged.cut, metric: nameMetric(criterion) }, { aisle: judged.values });
}

/** A trial's documents under their keys, the one last that says that all are there. */
export function documentsOf(
  { run, criterion }: { readonly run: string; readonly criterion: Criterion },
  outcome: TrialOutcome,
  isCheap: boolean,
): readonly KeptDocument[] {
  const record = trialRecordOf(run, outcome);
  const users = trialUsersOf(outcome, criterion);
  const { trial, recipe } = outcome;
  if (isCheap) return [compactRecordOf(runKeys.rung(run, trial, recipe.als), { ...record, users })];
  const beside = users ? [compactRecordOf(runKeys.trialUsers(run, trial), users)] : [];
  return [...beside, recordOf(runKeys.trial(run, trial), record)];
}

/** The outcome that a record was made of. */
export function outcomeOf(record: RungRecord): TrialOutcome {
  const { trial, fellOutAt, error, seconds, peakMemoryBytes, users } = record;
  const iterations = record.iterations.map(({ iteration, loss, value: figure, seconds: passed }) => {
    const judged: Pick<TrialIteration, "value" | "interval"> =
      typeof figure === "number"
        ? { value: figure }
        : { value: figure.value, interval: { low: figure.low, high: figure.high } };
    return { iteration, loss, ...judged, seconds: passed };
  });
  const best = iterations.find(({ iteration }) => iteration === record.best?.iteration);
  return {
    trial,
    recipe: recipeFromJson(record.recipe),
    iterations,
    ...(best && { best }),
    seconds,
    ...(fellOutAt && { fellOutAt }),
    ...(error !== undefined && { error }),
    ...(users && { judged: { cut: users.cut, values: Float32Array.from(users.values.aisle) } }),
    startedAt: Date.parse(record.startedAt),
    ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
  };
}
