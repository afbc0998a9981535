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
  /** (users): what a user who has both items adds to their weight, > 0 */
  readonly userWeights: Float64Array;
  /** (items): the sum is multiplied by the neighbour's, > 0 */
  readonly itemWeights: Float64Array;
}

/**
 * weight(i, j) = itemWeights[j] × Σ over users with both of userWeights[u], for i ≠ j, of which each item i keeps
 * the largest: one row of the sparse product at a time, never a matrix of items × items.
 */
export function findNeighbours(rows: SparseRows, rule: SimilarityRule): Neighbours {
  const { neighbourCount, userWeights, itemWeights } = rule;
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
    found.push({ items: best.rows, weights: best.scores });
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

/** The same neighbours with each item's weights divided by their sum. */
export function normalizeVotes({ starts, items, weights }: Neighbours): Neighbours {
  const normalized = weights.slice();
  for (let item = 0; item + 1 < starts.length; item++) {
    const own = normalized.subarray(starts[item], starts[item + 1]);
    const sum = own.reduce((total, weight) => total + weight, 0);
    for (let k = 0; k < own.length; k++) own[k] /= sum;
  }
  return { starts, items, weights: normalized };
}

/** (rows): each row's number of entries to the power; 1 for an empty row. */
export function degreePowers(starts: Uint32Array, exponent: number): Float64Array {
  return Float64Array.from(
    { length: starts.length - 1 },
    (_, row) => Math.max(1, starts[row + 1] - starts[row]) ** exponent,
  );
}

/** A user's score of an item: the sum of the weights with which the user's own items name it. */
export function scoreByNeighbours({ confidence }: Interactions, neighbours: Neighbours): ScoreUser {
  const { starts, items, weights } = neighbours;
  return (user, board) => {
    for (let pair = confidence.starts[user]; pair < confidence.starts[user + 1]; pair++) {
      const item = confidence.columns[pair];
      for (let k = starts[item]; k < starts[item + 1]; k++) board.add(items[k], weights[k]);
    }
  };
}
