import { scoreRow } from "./score-plainly.ts";
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
    const direction = directions.subarray(item * rank, (item + 1) * rank);
    const nearest = scorer.topK(direction, width + 1);
    let at = item * width;
    for (let place = 0; place < nearest.rows.length && at < (item + 1) * width; place++) {
      if (nearest.rows[place] === item || !(nearest.scores[place] > 0)) continue;
      into.rows[at] = nearest.rows[place];
      into.scores[at++] = nearest.scores[place];
    }
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
  const direction = normalise(factors.subarray(item * rank, (item + 1) * rank), rank);
  const other = new Float32Array(rank);
  const top = new TopRows(Math.min(k, itemCount));
  for (let row = 0; row < itemCount; row++) {
    if (row === item || hidden?.[row]) continue;
    normaliseRow(factors, row * rank, other, 0, rank);
    const score = scoreRow(direction, other, 0);
    if (score > 0) top.offer(row, score);
  }
  return top.take();
}

function normalise(factors: Float32Array, rank: number): Float32Array {
  const directions = new Float32Array(factors.length);
  for (let at = 0; at < factors.length; at += rank) normaliseRow(factors, at, directions, at, rank);
  return directions;
}

function normaliseRow(from: Float32Array, at: number, to: Float32Array, toAt: number, rank: number): void {
  let square = 0;
  for (let k = 0; k < rank; k++) square += from[at + k] * from[at + k];
  const norm = Math.sqrt(square);
  for (let k = 0; k < rank; k++) to[toAt + k] = norm === 0 ? 0 : from[at + k] / norm;
}
