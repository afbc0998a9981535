import { type SparseRows, transpose } from "../math/sparse.ts";
import { TopRows } from "./top-rows.ts";

/** What goes with an item: bought in one order, looked at in one visit, or done in one visit whatever it was. */
export const companionKinds = ["together", "viewed", "shared"] as const;
export type CompanionKind = (typeof companionKinds)[number];

/** Each item's companions: item i's are `rows[k]`, starts[i] ≤ k < starts[i + 1], best first. */
export interface Companions {
  /** (items + 1) */
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
  /** aligned with `rows`, falling within an item */
  readonly scores: Float32Array;
  /** aligned with `rows`: baskets that hold both */
  readonly support: Uint32Array;
}

export interface CompanionRule {
  /** by what companions are ordered, `shrunkenLift` or `basketCosine` */
  readonly score: (counts: PairCounts) => number;
  /** baskets that must hold both */
  readonly supportMin: number;
  /** companions that chance alone may give an item, by `chanceThreshold`; absent: pairs need their support only */
  readonly falsePerItem?: number;
  /** companions kept per item */
  readonly width: number;
}

/** How often two items were in the baskets. */
export interface PairCounts {
  readonly both: number;
  /** baskets that hold the item */
  readonly item: number;
  readonly other: number;
  /** item × other ÷ baskets is what chance lets expect: all of them, or as many as `effectiveBaskets` says */
  readonly baskets: number;
}

/** Baskets that a pair is taken to have had, and been expected to have, before any was seen (docs/experiments.md). */
const liftPrior = 20;

/**
 * How much more often than by chance, drawn towards 1 where there is little to go by: (seen + 20) ÷ (expected + 20), a
 * gamma–Poisson posterior mean (DuMouchel 1999). Plain lift puts pairs of two rare items first.
 */
export function shrunkenLift({ both, item, other, baskets }: PairCounts): number {
  return (both + liftPrior) / ((item * other) / baskets + liftPrior);
}

export function basketCosine({ both, item, other }: PairCounts): number {
  return both / Math.sqrt(item * other);
}

/**
 * Dunning's log-likelihood ratio (1993), 2 Σ k ln(k ÷ expected) over the four cells of a pair; without sign, so a
 * pair seen less often than by chance has one, too.
 */
export function logLikelihoodRatio({ both, item, other, baskets }: PairCounts): number {
  const cells = [both, item - both, other - both, baskets - item - other + both];
  const rows = [item, baskets - item];
  const columns = [other, baskets - other];
  const expected = [0, 1, 2, 3].map((cell) => {
    const inItem = cell === 0 || cell === 1 ? 0 : 1;
    const inOther = cell === 0 || cell === 2 ? 0 : 1;
    return (rows[inItem] * columns[inOther]) / baskets;
  });
  return (
    2 * cells.reduce((sum, seen, cell) => sum + (seen > 0 ? seen * Math.log(seen / expected[cell]) : 0), 0)
  );
}

/**
 * What the ratio must reach for a pair to be more than chance: χ² with one degree of freedom at a one-sided
 * probability of the false companions that an item may have ÷ items, since an item is compared with all of them. Where
 * that is .01: 21 for 2,500 items, 28 for 100,000.
 */
export function chanceThreshold(itemCount: number, falsePerItem: number): number {
  const probability = Math.min(0.1, falsePerItem / Math.max(1, itemCount));
  // Q(z) ≈ φ(z) ÷ (z + 1 ÷ z), solved for z by iteration: it contracts where z > 1.
  let z = 2;
  for (let step = 0; step < 50; step++) {
    z = Math.sqrt(-2 * Math.log(probability * Math.sqrt(2 * Math.PI) * (z + 1 / z)));
  }
  return z * z;
}

/**
 * How many baskets there would have to be, were all alike, for chance to bring two items together as often as it does:
 * (Σ size)² ÷ Σ size (size − 1), and no more than there are. A few large orders bring together whatever is in them, so that against the mere number
 * of baskets almost every pair of a wholesaler's items would look like more than chance.
 */
export function effectiveBaskets({ starts, rowCount }: SparseRows): number {
  let pairs = 0;
  for (let basket = 0; basket < rowCount; basket++) {
    const size = starts[basket + 1] - starts[basket];
    pairs += size * (size - 1);
  }
  return pairs === 0 ? rowCount : Math.min(rowCount, starts[rowCount] ** 2 / pairs);
}

/**
 * The companions of every item: one row of baskets × baskets at a time, never a matrix of items × items. Takes the sum
 * of the squares of the baskets' sizes. The same baskets in any order give the same.
 */
export function findCompanions(baskets: SparseRows, rule: CompanionRule): Companions {
  const { columnCount: itemCount } = baskets;
  const effective = effectiveBaskets(baskets);
  const byItem = transpose(baskets);
  const counts = new Uint32Array(itemCount);
  const touched = new Uint32Array(itemCount);
  const starts = new Uint32Array(itemCount + 1);
  const found: { rows: Uint32Array; scores: Float64Array; support: Uint32Array }[] = [];
  const threshold = rule.falsePerItem === undefined ? 0 : chanceThreshold(itemCount, rule.falsePerItem);
  const sizeOf = (item: number): number => byItem.starts[item + 1] - byItem.starts[item];
  for (let item = 0; item < itemCount; item++) {
    const touchedCount = countTogether(baskets, byItem, item, { counts, touched });
    const top = new TopRows(Math.min(rule.width, itemCount));
    for (const other of touched.subarray(0, touchedCount)) {
      const pair = pairCounts(counts[other], sizeOf(item), sizeOf(other), effective);
      if (other !== item && isPair(pair, rule, threshold)) top.offer(other, rule.score(pair));
    }
    const { rows, scores } = top.take();
    found.push({ rows, scores, support: rows.map((row) => counts[row]) });
    starts[item + 1] = starts[item] + rows.length;
    for (const other of touched.subarray(0, touchedCount)) counts[other] = 0;
  }
  return joinFound(starts, found);
}

/** No cell of a pair's table may be below 0, which only items in nearly all baskets come near. */
function pairCounts(both: number, item: number, other: number, baskets: number): PairCounts {
  return { both, item, other, baskets: Math.max(baskets, item + other - both) };
}

function isPair(pair: PairCounts, { supportMin }: CompanionRule, threshold: number): boolean {
  if (pair.both < supportMin) return false;
  if (threshold === 0) return true;
  return pair.both * pair.baskets > pair.item * pair.other && logLikelihoodRatio(pair) >= threshold;
}

/** Adds up in `counts` how many of the item's baskets hold each other; returns how many were touched. */
function countTogether(
  baskets: SparseRows,
  byItem: SparseRows,
  item: number,
  { counts, touched }: { counts: Uint32Array; touched: Uint32Array },
): number {
  let count = 0;
  for (let k = byItem.starts[item]; k < byItem.starts[item + 1]; k++) {
    const basket = byItem.columns[k];
    for (let at = baskets.starts[basket]; at < baskets.starts[basket + 1]; at++) {
      const other = baskets.columns[at];
      if (counts[other]++ === 0) touched[count++] = other;
    }
  }
  return count;
}

function joinFound(
  starts: Uint32Array,
  found: readonly { rows: Uint32Array; scores: Float64Array; support: Uint32Array }[],
): Companions {
  const length = starts[starts.length - 1];
  const joined = {
    starts,
    rows: new Uint32Array(length),
    scores: new Float32Array(length),
    support: new Uint32Array(length),
  };
  found.forEach(({ rows, scores, support }, item) => {
    joined.rows.set(rows, starts[item]);
    joined.scores.set(scores, starts[item]);
    joined.support.set(support, starts[item]);
  });
  return joined;
}
