import type { Interactions } from "../../interactions/aggregate.ts";
import { type SparseRows, transpose } from "../../math/sparse.ts";
import { TopRows } from "../../model/top-rows.ts";
import type { ScoreUser } from "./baseline.ts";
import { ScoreBoard } from "./score-board.ts";

/** Each item's most similar others: item i's are `items[k]`, weight `weights[k]`, starts[i] ≤ k < starts[i + 1]. */
export interface Neighbours {
  /** (items + 1) */
  readonly starts: Uint32Array;
  readonly items: Uint32Array;
  /** falling within an item */
  readonly weights: Float64Array;
}

export interface SimilarityRule {
  readonly neighbourCount: number;
  /** (users): what a user who has both items adds to their similarity, > 0 */
  readonly userWeights: Float64Array;
  /** (items): the sum is multiplied by the neighbour's, > 0 */
  readonly itemWeights: Float64Array;
  /** (items): and then by that of the item whose neighbour it is, > 0 */
  readonly ownWeights: Float64Array;
}

/**
 * similarity(i, j) = ownWeights[i] × itemWeights[j] × Σ over users with both of userWeights[u], for i ≠ j, of
 * which each item keeps its largest: one row of the sparse product at a time, no matrix of items × items.
 */
export function findNeighbours(rows: SparseRows, rule: SimilarityRule): Neighbours {
  const { neighbourCount, userWeights, itemWeights, ownWeights } = rule;
  const byItem = transpose(rows);
  const board = new ScoreBoard(rows.columnCount);
  const top = new TopRows(neighbourCount);
  const starts = new Uint32Array(rows.columnCount + 1);
  const found: { items: Uint32Array; weights: Float64Array }[] = [];
  for (let item = 0; item < rows.columnCount; item++) {
    for (let k = byItem.starts[item]; k < byItem.starts[item + 1]; k++) {
      const user = byItem.columns[k];
      board.addAll(rows.columns, rows.starts[user], rows.starts[user + 1], userWeights[user]);
    }
    for (let at = 0; at < board.touchedCount; at++) {
      const other = board.touched[at];
      const weight = board.scores[other] * itemWeights[other];
      if (other !== item && weight >= top.threshold) top.offer(other, weight);
    }
    const best = top.take();
    starts[item + 1] = starts[item] + best.rows.length;
    found.push({ items: best.rows, weights: best.scores.map((weight) => weight * ownWeights[item]) });
    board.clear();
  }
  return { starts, ...concatenate(found, starts[rows.columnCount]) };
}

function concatenate(
  parts: readonly { items: Uint32Array; weights: Float64Array }[],
  size: number,
): { items: Uint32Array; weights: Float64Array } {
  const items = new Uint32Array(size);
  const weights = new Float64Array(size);
  let at = 0;
  for (const part of parts) {
    items.set(part.items, at);
    weights.set(part.weights, at);
    at += part.items.length;
  }
  return { items, weights };
}

/** A user's score of an item: the sum of the similarities that the user's own items have to it. */
export function scoreByNeighbours({ confidence }: Interactions, neighbours: Neighbours): ScoreUser {
  const { starts, items, weights } = neighbours;
  return (user, board) => {
    for (let pair = confidence.starts[user]; pair < confidence.starts[user + 1]; pair++) {
      const item = confidence.columns[pair];
      for (let k = starts[item]; k < starts[item + 1]; k++) board.add(items[k], weights[k]);
    }
  };
}
