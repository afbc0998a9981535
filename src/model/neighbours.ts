import { Scorer } from "./scorer.ts";
import { type RankedRows, TopRows } from "./top-rows.ts";

/** Of a row with fewer neighbours than there is room for. */
export const noRow = 0xffffffff;

export interface Neighbours {
  /** (items, width), row-major, nearest first; `noRow` where there is no further one */
  readonly rows: Uint32Array;
  /** aligned with `rows`: the cosine, above 0 */
  readonly scores: Float32Array;
}

/** The nearest items of every item by the cosine of their factors, (items, rank) row-major; writes into `into`. */
export function findNeighbours(factors: Float32Array, rank: number, into: Neighbours): void {
  const itemCount = factors.length / rank;
  const width = into.rows.length / itemCount;
  const directions = normalise(factors, rank);
  const scorer = Scorer.over(directions, rank);
  into.rows.fill(noRow);
  for (let item = 0; item < itemCount; item++) {
    const top = new TopRows(width);
    // Directions are rounded to f32: that orders rows well enough to find them, not to say their cosine.
    for (const row of scorer.topK(directions.subarray(item * rank, (item + 1) * rank), width + 2).rows) {
      const score = cosine(factors, rank, item, row);
      if (row !== item && score > 0) top.offer(row, score);
    }
    const { rows, scores } = top.take();
    into.rows.set(rows, item * width);
    into.scores.set(scores, item * width);
  }
}

/** The same for one item among those not hidden, without a table: every item is compared. */
export function nearestTo(
  item: number,
  factors: Float32Array,
  rank: number,
  { k, hidden }: { k: number; hidden?: Uint8Array | undefined },
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

/** 0 where either row is. */
function cosine(factors: Float32Array, rank: number, a: number, b: number): number {
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

function normalise(factors: Float32Array, rank: number): Float32Array {
  const directions = new Float32Array(factors.length);
  for (let from = 0; from < factors.length; from += rank) {
    let square = 0;
    for (let k = from; k < from + rank; k++) square += factors[k] * factors[k];
    const perNorm = square === 0 ? 0 : 1 / Math.sqrt(square);
    for (let k = from; k < from + rank; k++) directions[k] = factors[k] * perNorm;
  }
  return directions;
}
