import type { RankedItem, RankingQuery } from "../ranking/rank.ts";
import { rank } from "../ranking/rank.ts";
import { contentStart } from "./content.ts";
import type { Query } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Rows beside an item that is so new that only the catalogue knows it: what its category, price and title are like,
 * then what is trending and popular. Undefined where the model knows the item, or nothing is like it.
 */
export function similarByContent(
  snapshot: Snapshot,
  { itemId }: Query,
  asked: RankingQuery,
): RankedItem[] | undefined {
  if (itemId === undefined || (asked.itemRow ?? -1) >= 0) return undefined;
  const catalogRow = snapshot.catalog?.ids.row(itemId) ?? -1;
  const { rows, scores } = (catalogRow >= 0 &&
    contentStart(snapshot)?.kin(catalogRow, asked.k, asked.hidden)) || {
    rows: new Uint32Array(0),
    scores: new Float64Array(0),
  };
  if (rows.length === 0) return undefined;
  const hidden = asked.hidden?.slice() ?? new Uint8Array(snapshot.model.itemCount);
  for (const row of rows) hidden[row] = 1;
  const rest =
    asked.k > rows.length ? rank(snapshot.model, { ...asked, hidden, k: asked.k - rows.length }).items : [];
  const content = Array.from(rows, (row, at): RankedItem => ({ row, score: scores[at], source: "content" }));
  return [...content, ...rest];
}
