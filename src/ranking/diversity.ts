import type { Model } from "../model/model.ts";
import type { InfluencedRows } from "./influence.ts";

/** Rows of a list that are chosen for being unlike each other: as many as are seen together. */
const diversifiedMax = 50;
const poolMin = 100;

/**
 * Rows that are asked for so that k can be chosen among them: three more for each that is diversified, 100 at least.
 * A larger pool would only hold rows whose relevance is lost in the trade (docs/experiments.md has the figures), and the
 * work grows with it.
 */
export function poolSize(k: number): number {
  return Math.max(poolMin, k + 3 * Math.min(k, diversifiedMax));
}

/**
 * Maximal marginal relevance (Carbonell and Goldstein 1998): one row after another, that of the largest
 *     (1 − d) relevance − d × its largest likeness to a row chosen before,
 * with relevance scaled to 0 to 1 over the pool, and likeness half the cosine of the factors, if above 0, and half
 * whether the category is the same; the cosine alone where categories are not known. Past the 50th row the pool goes on
 * by relevance.
 * @param category (items): codes, `none` for no category
 */
export function diversify(
  model: Model,
  pool: InfluencedRows,
  {
    k,
    diversity,
    category,
  }: { readonly k: number; readonly diversity: number; readonly category?: Categories | undefined },
): InfluencedRows {
  const count = pool.rows.length;
  const vectors = unitVectors(model, pool.rows);
  const relevance = scaled(pool.utilities);
  const likeness = new Float64Array(count);
  const isTaken = new Uint8Array(count);
  const order: number[] = [];
  while (order.length < Math.min(k, diversifiedMax, count)) {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < count; at++) {
      const value = (1 - diversity) * relevance[at] - diversity * likeness[at];
      if (!isTaken[at] && value > most) [best, most] = [at, value];
    }
    isTaken[best] = 1;
    order.push(best);
    for (let at = 0; at < count; at++) {
      if (isTaken[at]) continue;
      const cosine = Math.max(0, dot(vectors, model.rank, best, at));
      const like = category ? (cosine + sameCategory(category, pool.rows[best], pool.rows[at])) / 2 : cosine;
      if (like > likeness[at]) likeness[at] = like;
    }
  }
  for (let at = 0; at < count && order.length < k; at++) if (!isTaken[at]) order.push(at);
  return {
    rows: Uint32Array.from(order, (at) => pool.rows[at]),
    scores: Float64Array.from(order, (at) => pool.scores[at]),
    utilities: Float64Array.from(order, (at) => pool.utilities[at]),
  };
}

export interface Categories {
  /** (items) */
  readonly codes: Uint32Array;
  /** the code of an item without one, which is like no other */
  readonly none: number;
}

function sameCategory({ codes, none }: Categories, a: number, b: number): number {
  return codes[a] === codes[b] && codes[a] !== none ? 1 : 0;
}

/** (rows, rank): factors divided by their norms; 0 stays 0. */
function unitVectors(model: Model, rows: Uint32Array): Float64Array {
  const { rank } = model;
  const vectors = new Float64Array(rows.length * rank);
  for (let at = 0; at < rows.length; at++) {
    const own = model.itemVector(rows[at]);
    let square = 0;
    for (let k = 0; k < rank; k++) square += own[k] * own[k];
    const norm = Math.sqrt(square) || 1;
    for (let k = 0; k < rank; k++) vectors[at * rank + k] = own[k] / norm;
  }
  return vectors;
}

function dot(vectors: Float64Array, rank: number, a: number, b: number): number {
  let sum = 0;
  for (let k = 0, atA = a * rank, atB = b * rank; k < rank; k++) sum += vectors[atA++] * vectors[atB++];
  return sum;
}

function scaled(utilities: Float64Array): Float64Array {
  const [first = 0] = utilities;
  const last = utilities[utilities.length - 1] ?? 0;
  const range = first - last || 1;
  return utilities.map((value) => (value - last) / range);
}
