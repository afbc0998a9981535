import type { Interactions } from "../../interactions/aggregate.ts";
import type { IdTable } from "../../math/id-table.ts";
import { TopRows } from "../../model/top-rows.ts";
import { isHiddenPair } from "../held-out.ts";
import type { Baseline } from "./baseline.ts";

/** Writes what is known of a user's next items into `into`, (items of the table): any scores, higher is better. */
export type FillScores = (userId: string, into: Float64Array) => void;

/**
 * Lists from scores given from outside, over items of its own table: with the true probabilities of synthetic
 * data, the ceiling that no recommender passes except by chance.
 */
export function fromScores(name: string, fillScores: FillScores, items: IdTable): Baseline {
  return {
    slug: name,
    name,
    fit(interactions) {
      const ids = [...items];
      const rowOfFitted = Int32Array.from([...interactions.items], (id) => items.row(id));
      const scores = new Float64Array(ids.length);
      return (userId, k, task) => {
        fillScores(userId, scores);
        if (task === "new") hideOwned(interactions, userId, rowOfFitted, scores);
        const top = new TopRows(k);
        for (let item = 0; item < ids.length; item++) {
          if (scores[item] >= top.threshold && scores[item] !== -Infinity) top.offer(item, scores[item]);
        }
        return Array.from(top.take().rows, (item) => ids[item]);
      };
    },
  };
}

function hideOwned(
  interactions: Interactions,
  userId: string,
  rowOfFitted: Int32Array,
  scores: Float64Array,
): void {
  const user = interactions.users.row(userId);
  if (user < 0) return;
  const { starts, columns } = interactions.confidence;
  for (let pair = starts[user]; pair < starts[user + 1]; pair++) {
    const item = rowOfFitted[columns[pair]];
    if (item >= 0 && isHiddenPair(interactions, pair)) scores[item] = -Infinity;
  }
}
