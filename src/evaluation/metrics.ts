import type { Interval } from "../math/bootstrap.ts";

/**
 * The textbook definitions, for one user with a set of relevant items and a ranking cut at K:
 *
 * - recall: hits ÷ relevant; recall-min: hits ÷ min(K, relevant); precision: hits ÷ K
 * - map: Σ over hits of (hits so far ÷ rank), ÷ min(K, relevant)
 * - ndcg: Σ over hits of 1 ÷ log2(rank + 1), ÷ the same sum of the best possible ranking
 * - mrr: 1 ÷ rank of the first hit; hit: 1 if there is any
 *
 * NDCG by hand (the example that Amazon Personalize documents): two relevant items at ranks 2 and 5 of K = 5.
 * Gain 1/log2(3) + 1/log2(6) = .6309 + .3869 = 1.0178; the best ranking has them at 1 and 2 and gains
 * 1/log2(2) + 1/log2(3) = 1.6309; 1.0178 / 1.6309 = .6241.
 */
export const metricKinds = ["recall", "recall-min", "precision", "map", "ndcg", "mrr", "hit"] as const;
type MetricKind = (typeof metricKinds)[number];
export type MetricName = `${MetricKind}@${number}`;

/** A figure alone, or with its 95 % interval. */
export type Figure = number | Interval;

export class CutoffError extends Error {
  override readonly name = "CutoffError";
}

/** The cutoffs K in rising order, each once. Throws CutoffError on none, or on anything but whole numbers ≥ 1. */
export function checkCutoffs(ks: readonly number[]): number[] {
  const wrong = ks.find((k) => !Number.isInteger(k) || k < 1 || k > 10_000);
  if (wrong !== undefined || ks.length === 0) {
    throw new CutoffError(
      `K must be one or more whole numbers from 1 to 10000, as in 5,10,20; got ${wrong ?? "none"}`,
    );
  }
  return [...new Set(ks)].sort((a, b) => a - b);
}

/** Names in the order in which scoreHits writes: all cutoffs of the first kind, then of the next. */
export function metricNames(ks: readonly number[]): MetricName[] {
  return metricKinds.flatMap((kind) => ks.map((k): MetricName => `${kind}@${k}`));
}

/** gains[r] = Σ of 1/log2(rank + 1) over ranks 1 to r: what the best ranking of r relevant items gains. */
export function idealGains(rankCount: number): Float64Array {
  const gains = new Float64Array(rankCount + 1);
  for (let rank = 1; rank <= rankCount; rank++) gains[rank] = gains[rank - 1] + 1 / Math.log2(rank + 1);
  return gains;
}

/**
 * One user's metrics at every cutoff.
 *
 * `hits` is (≥ the largest K): 1 where the item at rank index + 1 is relevant, 0 where not or past the list's
 * end; `ks` rises; `ideal` is idealGains of at least the largest K; `into` is (kinds × ks), as metricNames.
 */
export function scoreHits(
  hits: Uint8Array,
  relevantCount: number,
  { ks, ideal }: { ks: readonly number[]; ideal: Float64Array },
  into: Float64Array,
): void {
  let hitCount = 0;
  let precisions = 0;
  let gain = 0;
  let first = 0;
  let rank = 0;
  for (let at = 0; at < ks.length; at++) {
    const k = ks[at];
    for (; rank < k; rank++) {
      if (hits[rank] === 0) continue;
      hitCount++;
      precisions += hitCount / (rank + 1);
      gain += 1 / Math.log2(rank + 2);
      if (first === 0) first = rank + 1;
    }
    const possible = Math.min(k, relevantCount);
    into[at] = hitCount / relevantCount;
    into[ks.length + at] = hitCount / possible;
    into[2 * ks.length + at] = hitCount / k;
    into[3 * ks.length + at] = precisions / possible;
    into[4 * ks.length + at] = gain / ideal[possible];
    into[5 * ks.length + at] = first === 0 ? 0 : 1 / first;
    into[6 * ks.length + at] = hitCount === 0 ? 0 : 1;
  }
}

/** The metrics of one ranking, best first, against what is relevant (not empty). */
export function scoreRanking<T>(
  ranked: readonly T[],
  relevant: ReadonlySet<T>,
  cutoffs: readonly number[],
): Record<MetricName, number> {
  const ks = checkCutoffs(cutoffs);
  const rankCount = ks[ks.length - 1];
  const hits = new Uint8Array(rankCount);
  ranked.slice(0, rankCount).forEach((item, rank) => {
    hits[rank] = relevant.has(item) ? 1 : 0;
  });
  const names = metricNames(ks);
  const values = new Float64Array(names.length);
  scoreHits(hits, relevant.size, { ks, ideal: idealGains(rankCount) }, values);
  return Object.fromEntries(names.map((name, at) => [name, values[at]])) as Record<MetricName, number>;
}

/** The names under which Amazon Personalize reports what we call by the textbook's. */
export const personalizeNames: Readonly<Record<string, string>> = {
  coverage: "coverage@25",
  mean_reciprocal_rank_at_25: "mrr@25",
  normalized_discounted_cumulative_gain_at_5: "ndcg@5",
  normalized_discounted_cumulative_gain_at_10: "ndcg@10",
  normalized_discounted_cumulative_gain_at_25: "ndcg@25",
  precision_at_5: "precision@5",
  precision_at_10: "precision@10",
  precision_at_25: "precision@25",
};

/** The same figures under Personalize's names, as plain numbers; those that were not computed are left out. */
export function toPersonalizeMetrics(figures: Readonly<Record<string, Figure>>): Record<string, number> {
  const found = Object.entries(personalizeNames).filter(([, name]) => figures[name] !== undefined);
  return Object.fromEntries(found.map(([theirs, ours]) => [theirs, figureValue(figures[ours])]));
}

export function figureValue(figure: Figure): number {
  return typeof figure === "number" ? figure : figure.value;
}
