import { fallingOrder } from "../math/order.ts";
import {
  blockFloats,
  blockRows,
  type CodePlan,
  type Codes,
  codeZero,
  fourOfTile,
  prefixAt,
  restAt,
} from "./code-layout.ts";

const codeMax = 63;
export const restMax = 127;
export const queryMax = 127;
/** Scales are not below this, so that a product of two never underflows. */
const scaleMin = 2 ** -100;

/** The largest norm of a row of factors, (rows, rank) row-major. */
export function largestNorm(factors: Float32Array, rank: number): number {
  let largest = 0;
  for (let from = 0; from < factors.length; from += rank) {
    let square = 0;
    for (let k = from; k < from + rank; k++) square += factors[k] * factors[k];
    largest = Math.max(largest, square);
  }
  return Math.sqrt(largest);
}

/** From this norm on, f32 could overflow in a block's bounds; the rank keeps dot products of codes far below 2^30. */
export const normMax = 2 ** 95;
export const rankMax = 4096;

/**
 * Fills the 8-bit copy of factors, (items, rank) row-major.
 *
 * **The bounds.** Let y be an item, c its codes (the stored ones less 64), s its block's scale, e = y − s c; x a
 * query, t its scale, q its codes, f = x − t q. Subscript p is the first dimensions, r the others. Then
 *     x_p·y_p = t s (q_p·c_p) + f_p·(s c_p) + x_p·e_p,
 * and by Cauchy and Schwarz, first on the two error terms and on the other dimensions, then on the error terms alone,
 *     x·y ≤ t s (q_p·c_p + q_R c_R) + ‖f_p‖ A₁ + ‖x_p‖ B₁
 *     x·y ≤ t s (q·c)               + ‖f‖ A₂ + ‖x‖ B₂
 * with A₁ ≥ s ‖c_p‖, B₁ ≥ ‖e_p‖, A₂ ≥ s ‖c‖, B₂ ≥ ‖e‖ for every item of the block, and whole numbers q_R ≥ ‖x_r‖ / t
 * and c_R ≥ ‖y_r‖ / s: the norm of the rest is one dimension more, always rounded up. Codes need not be the nearest
 * ones, since errors are measured. Dot products of codes are exact: |q| ≤ 127, 0 ≤ stored c ≤ 127, rank ≤ 4096, so
 * sums of two fit 16 bits and sums of all 27.
 *
 * The score as computed, in f64 in index order, lies at most 2^-41 ‖x‖ ‖y‖ above x·y (4096 roundings of 2^-53), which
 * the test adds as 2^-40 ‖x‖ × the block's largest norm. Hence an item can reach a score θ only if
 *     q·c ≥ u = (θ − bound) / (t s),
 * whose own rounding in f64 is below 1 wherever |u| < 2^30 and beside the point elsewhere: the test is
 * q·c ≥ ⌊u⌋ − 1. What is stored of the bounds is rounded up to f32 (`roundUp`).
 */
export function encodeItems(factors: Float32Array, plan: CodePlan, codes: Codes): void {
  const { rank } = plan;
  const norms = new Float32Array(rank === 0 ? 0 : factors.length / rank);
  for (let row = 0; row < norms.length; row++) norms[row] = normOf(factors, row * rank, rank);
  codes.rows.set(fallingOrder(norms));
  encodeRows(factors, plan, codes);
}

/** The same of the rows that stand in `codes.rows` already, in order of falling norm. */
export function encodeRows(factors: Float32Array, plan: CodePlan, codes: Codes): void {
  const count = codes.rows.length;
  codes.prefix.fill(codeZero);
  codes.rest.fill(codeZero);
  for (let place = count; place < plan.paddedCount; place++) {
    codes.prefix[prefixAt(place, plan.prefixBytes - 1, plan)] = 0;
  }
  for (let from = 0; from < count; from += blockRows) {
    encodeBlock(factors, plan, codes, { from, to: Math.min(from + blockRows, count) });
  }
}

interface Places {
  readonly from: number;
  readonly to: number;
}

function encodeBlock(factors: Float32Array, plan: CodePlan, codes: Codes, { from, to }: Places): void {
  const scale = scaleOf(factors, plan, codes.rows.subarray(from, to));
  let largest = 0;
  let least = Infinity;
  const bounds = new Float64Array(4);
  for (let place = from; place < to; place++) {
    const row = codes.rows[place];
    const norm = normOf(factors, row * plan.rank, plan.rank);
    largest = Math.max(largest, norm);
    least = Math.min(least, norm);
    encodeItem(factors.subarray(row * plan.rank, (row + 1) * plan.rank), scale, place, {
      plan,
      codes,
      bounds,
    });
  }
  const block = codes.blocks.subarray((from / blockRows) * blockFloats, (from / blockRows + 1) * blockFloats);
  block.set([scale, roundUp(largest), roundDown(least), ...Array.from(bounds, roundUp)]);
}

/** The smallest scale by which a block's elements and the norms of its rests fit their codes. */
function scaleOf(factors: Float32Array, { rank, prefixRank }: CodePlan, rows: Uint32Array): number {
  let element = 0;
  let rest = 0;
  for (const row of rows) {
    for (let k = row * rank; k < (row + 1) * rank; k++) element = Math.max(element, Math.abs(factors[k]));
    rest = Math.max(rest, normOf(factors, row * rank + prefixRank, rank - prefixRank));
  }
  return Math.max(scaleMin, roundUp(Math.max(element / codeMax, rest / restMax)));
}

/** Writes the codes of the item y at a place, and raises `bounds` (A₁, B₁, A₂, B₂) to hold for it. */
function encodeItem(
  y: Float32Array,
  scale: number,
  place: number,
  { plan, codes, bounds }: { plan: CodePlan; codes: Codes; bounds: Float64Array },
): void {
  const { rank, prefixRank, prefixBytes } = plan;
  const prefixFrom = prefixAt(place, 0, plan);
  const restFrom = restAt(place, 0, plan);
  let codeSquare = 0;
  let errorSquare = 0;
  for (let k = 0; k < rank; k++) {
    // The scale fits every element, and rounding up the scale only makes quotients smaller.
    const code = Math.floor(y[k] / scale + 0.5);
    if (k < prefixRank) {
      codes.prefix[prefixFrom + (k >> 2) * fourOfTile + (k & 3)] = codeZero + code;
    } else {
      const at = k - prefixRank;
      codes.rest[restFrom + (at >> 2) * 16 + (at & 3)] = codeZero + code;
    }
    const error = y[k] - scale * code;
    codeSquare += code * code;
    errorSquare += error * error;
    if (k === prefixRank - 1) {
      bounds[0] = Math.max(bounds[0], scale * Math.sqrt(codeSquare));
      bounds[1] = Math.max(bounds[1], Math.sqrt(errorSquare));
    }
  }
  bounds[2] = Math.max(bounds[2], scale * Math.sqrt(codeSquare));
  bounds[3] = Math.max(bounds[3], Math.sqrt(errorSquare));
  const rest = normOf(y, prefixRank, rank - prefixRank);
  codes.prefix[prefixAt(place, prefixBytes - 1, plan)] = Math.min(restMax, ceilShare(rest / scale));
}

/** A whole number not below a quotient ≥ 0 that was rounded in f64. */
export function ceilShare(quotient: number): number {
  return Math.ceil(quotient * (1 + 2 ** -50));
}

export function normOf(values: Float32Array, from: number, count: number): number {
  let square = 0;
  for (let k = from; k < from + count; k++) square += values[k] * values[k];
  return Math.sqrt(square);
}

/** An f32 not below a number ≥ 0 that carries at most 2^-30 of itself in roundings; 0 for 0. */
function roundUp(value: number): number {
  return value === 0 ? 0 : Math.fround(value * (1 + 2 ** -22) + 2 ** -148);
}

/** An f32 ≥ 0 not above a number ≥ 0 that carries at most 2^-30 of itself in roundings. */
function roundDown(value: number): number {
  return Math.max(0, Math.fround(value * (1 - 2 ** -22) - 2 ** -148));
}
