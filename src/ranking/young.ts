import type { Model } from "../model/model.ts";
import { exploredMax } from "./exploration.ts";
import { fill } from "./fill.ts";
import type { Scored } from "./influence.ts";
import type { RankedItem, RankingQuery } from "./rank.ts";

/** The best rows that are young enough and not masked: by the user's own score, else by how many took them. */
export function youngRows(
  model: Model,
  { youngSince = 0, knobs = {} }: RankingQuery,
  scored: Scored | undefined,
  mask: Uint8Array,
): RankedItem[] {
  const bornAt = knobs.bornAt ?? model.itemTables.firstSeen;
  const others = mask.slice();
  for (let row = 0; row < others.length; row++) if (bornAt[row] < Math.max(1, youngSince)) others[row] = 1;
  const items: RankedItem[] = [];
  if (!scored) {
    fill(items, model.popularRows, { k: exploredMax, mask: others, source: "exploration" });
    return items;
  }
  const found = scored.top(exploredMax, others);
  const scores = scored.told(found);
  return Array.from(found.rows, (row, at) => ({ row, score: scores[at], source: "exploration" }));
}
