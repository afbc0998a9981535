import type { Bonus } from "./offers.ts";
import { type RankedRows, TopRows } from "./top-rows.ts";

/**
 * What a score is, to the bit: the sum in index order, in f64, of products of the f32 elements (each product
 * is exact in f64).
 *
 * query   is (rank)
 * factors is (items, rank), row-major
 */
export function scoreRow(query: Float32Array, factors: Float32Array, row: number): number {
  const rank = query.length;
  const from = row * rank;
  let score = 0;
  for (let k = 0; k < rank; k++) score += query[k] * factors[from + k];
  return score;
}

/** The same for many rows, to the bit: four sums at a time, since each waits for its own last addition only. */
export function scoreRows(
  query: Float32Array,
  factors: Float32Array,
  rows: Uint32Array,
  into: Float64Array,
): void {
  const rank = query.length;
  const whole = rows.length & ~3;
  for (let at = 0; at < whole; at += 4) {
    let a = rows[at] * rank;
    let b = rows[at + 1] * rank;
    let c = rows[at + 2] * rank;
    let d = rows[at + 3] * rank;
    let sumA = 0;
    let sumB = 0;
    let sumC = 0;
    let sumD = 0;
    for (let k = 0; k < rank; k++) {
      const x = query[k];
      sumA += x * factors[a++];
      sumB += x * factors[b++];
      sumC += x * factors[c++];
      sumD += x * factors[d++];
    }
    into[at] = sumA;
    into[at + 1] = sumB;
    into[at + 2] = sumC;
    into[at + 3] = sumD;
  }
  for (let at = whole; at < rows.length; at++) into[at] = scoreRow(query, factors, rows[at]);
}

/** The specification of top-K, which the kernel equals: every row not hidden is scored. `hidden` is (items). */
export function topKPlainly(
  query: Float32Array,
  factors: Float32Array,
  k: number,
  { hidden, bonus }: { readonly hidden?: Uint8Array | undefined; readonly bonus?: Bonus | undefined } = {},
): RankedRows {
  const itemCount = query.length === 0 ? 0 : factors.length / query.length;
  const top = new TopRows(Math.min(k, itemCount));
  for (let row = 0; row < itemCount; row++) {
    if (!hidden?.[row]) top.offer(row, scoreRow(query, factors, row) + (bonus?.values[row] ?? 0));
  }
  return top.take();
}

/** The cosine of two rows of factors, in f64; 0 where either is 0. */
export function cosine(factors: Float32Array, rank: number, a: number, b: number): number {
  let dot = 0;
  let squareA = 0;
  let squareB = 0;
  for (let k = 0, atA = a * rank, atB = b * rank; k < rank; k++, atA++, atB++) {
    dot += factors[atA] * factors[atB];
    squareA += factors[atA] * factors[atA];
    squareB += factors[atB] * factors[atB];
  }
  const norms = Math.sqrt(squareA) * Math.sqrt(squareB);
  return norms === 0 ? 0 : dot / norms;
}

/** The specification of nearest rows: the k others not hidden with the largest cosine above 0. */
export function nearestPlainly(
  item: number,
  { factors, rank }: { factors: Float32Array; rank: number },
  k: number,
  hidden?: Uint8Array,
): RankedRows {
  const itemCount = factors.length / rank;
  const top = new TopRows(Math.min(k, itemCount));
  for (let row = 0; row < itemCount; row++) {
    if (row === item || hidden?.[row]) continue;
    const score = cosine(factors, rank, item, row);
    if (score > 0) top.offer(row, score);
  }
  return top.take();
}
