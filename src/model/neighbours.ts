import type { Scorer } from "./scorer.ts";

/** Of a row with fewer neighbours than there is room for. */
export const noRow = 0xffffffff;

interface Neighbours {
  /** (items, width), row-major, nearest first; `noRow` where there is no further one */
  readonly rows: Uint32Array;
  /** aligned with `rows`: the cosine, above 0 */
  readonly scores: Float32Array;
}

/** Writes the nearest items of every item, by the cosine of their factors. */
export function fillNeighbours(scorer: Scorer, itemCount: number, into: Neighbours): void {
  const width = into.rows.length / itemCount;
  into.rows.fill(noRow);
  for (let item = 0; item < itemCount; item++) {
    const { rows, scores } = scorer.nearest(item, width);
    into.rows.set(rows, item * width);
    into.scores.set(scores, item * width);
  }
}
