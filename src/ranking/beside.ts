import { similarRows } from "../model/companion-rows.ts";
import type { Model } from "../model/model.ts";
import { diversify, poolSize } from "./diversity.ts";
import { areInfluenced, bendRows, type InfluencedRows } from "./influence.ts";
import type { RankedItem, RankingQuery, Source } from "./rank.ts";

/** Items like one item; what bends them chooses among the hundred or more that are most alike, since others are not. */
export function rankSimilar(
  model: Model,
  { itemRow = -1, k, places, knobs = {} }: RankingQuery,
  mask: Uint8Array,
): RankedItem[] {
  if (itemRow < 0) return [];
  const { diversity = 0, category } = knobs;
  const isBent = diversity > 0 || areInfluenced(knobs);
  const found = similarRows(model, itemRow, { k: isBent ? poolSize(k) : k, hidden: mask, places });
  if (!isBent) return besideItems(found, "similar");
  // What is filled in by another measure stands below the rest: the order is all that is known of it.
  const utilities = Float64Array.from(found.rows, (_, at) => 1 / Math.log2(at + 2));
  const pool: InfluencedRows = { ...found, utilities };
  const bent = areInfluenced(knobs) ? bendRows(model, { rows: found.rows, scores: utilities }, knobs) : pool;
  const chosen = diversity > 0 && model.rank > 0 ? diversify(model, bent, { k, diversity, category }) : bent;
  const placeOf = new Map(Array.from(found.rows, (row, at) => [row, at]));
  const order = Array.from(chosen.rows.subarray(0, k), (row) => placeOf.get(row)!);
  return besideItems(
    {
      rows: Uint32Array.from(order, (at) => found.rows[at]),
      scores: Float64Array.from(order, (at) => found.scores[at]),
      support: Uint32Array.from(order, (at) => found.support[at]),
    },
    "similar",
  );
}

export function besideItems(
  { rows, scores, support }: { rows: Uint32Array; scores: Float64Array; support: Uint32Array },
  source: Source,
): RankedItem[] {
  return Array.from(rows, (row, at) => ({
    row,
    score: Number.isNaN(scores[at]) ? undefined : scores[at],
    source,
    ...(support[at] > 0 && { support: support[at] }),
  }));
}
