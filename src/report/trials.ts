import { figureValue } from "../evaluation/metrics.ts";
import type { Run, TrialRecord } from "../tracking/record.ts";

/** A trial that has a figure, and where it stands among the others. */
export interface PlacedTrial {
  readonly record: TrialRecord;
  /** from 1 */
  readonly place: number;
  /** the criterion on validation, at the trial's best iteration */
  readonly value: number;
  /** 0 for the best to 4, by place */
  readonly grade: number;
}

/** Shares of the trials that are of each grade or better; what is left is of the last. */
const gradeShares = [0.05, 0.2, 0.5];
export const gradeWords = ["the best", "best 5 %", "best 20 %", "best half", "the rest"] as const;

/**
 * Trials with a figure, best first. Whoever came to the end stands before whoever fell out, and whoever got further
 * before whoever did not, since figures of different budgets say nothing about each other; then by value.
 */
export function placeTrials(records: readonly TrialRecord[]): PlacedTrial[] {
  const found = records.flatMap((record) =>
    record.best && record.outcome !== "failed" ? [{ record, value: figureValue(record.best.value) }] : [],
  );
  found.sort(
    (a, b) => reach(b.record) - reach(a.record) || b.value - a.value || a.record.trial - b.record.trial,
  );
  return found.map((trial, at) => ({ ...trial, place: at + 1, grade: gradeOf(at + 1, found.length) }));
}

function gradeOf(place: number, of: number): number {
  if (place === 1) return 0;
  const grade = gradeShares.findIndex((share) => place <= Math.ceil(share * of));
  return grade < 0 ? 4 : grade + 1;
}

function reach({ fellOutAt }: TrialRecord): number {
  // A later rung has more of one and no less of the other.
  return fellOutAt ? fellOutAt.factors * fellOutAt.iterations : Number.MAX_SAFE_INTEGER;
}

/** What a trial was given before it ended, in words. */
export function budgetWords({ fellOutAt }: TrialRecord): string {
  if (!fellOutAt) return "run to the end";
  const { factors, iterations } = fellOutAt;
  return `fell out at ${factors} factors, ${iterations} iteration${iterations === 1 ? "" : "s"}`;
}

/** Whether the figures of all trials may be compared: none fell out before the others. */
export function isComparable(trials: readonly PlacedTrial[]): boolean {
  return trials.every(({ record }) => record.fellOutAt === undefined);
}

/** `ndcg@10` */
export function criterionOf({ criterion }: Run): string {
  return `${criterion.metric}@${criterion.k}`;
}
