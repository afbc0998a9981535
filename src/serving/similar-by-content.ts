import { hidesOwn } from "../ranking/mask.ts";
import { type RankedItem, type Ranking, rank } from "../ranking/rank.ts";
import { type Asked, rankingOf } from "./asked.ts";
import { contentStart } from "./content.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Rows beside an item that is so new that only the catalogue knows it: what its category, price and title are like,
 * then what is trending and popular. Undefined where the model knows the item, or nothing is like it.
 */
export function similarByContent(snapshot: Snapshot, { asked, allowed }: Asked): Ranking | undefined {
  const { model, catalog } = snapshot;
  if (asked.itemId === undefined || (asked.itemRow ?? -1) >= 0) return undefined;
  const catalogRow = catalog?.ids.row(asked.itemId) ?? -1;
  const start = catalogRow < 0 ? undefined : contentStart(snapshot);
  if (!start) return undefined;
  const hidden = allowed.hidden?.slice() ?? new Uint8Array(model.itemCount);
  for (const row of asked.own?.items ?? []) if (hidesOwn(model, asked.hide, asked.own!, row)) hidden[row] = 1;
  const { rows, scores } = start.kin(catalogRow, asked.k, hidden);
  if (rows.length === 0) return undefined;
  for (const row of rows) hidden[row] = 1;
  const k = asked.k - rows.length;
  const rest =
    k > 0 ? rank(model, rankingOf({ asked: { ...asked, k }, allowed: { ...allowed, hidden } })).items : [];
  const content = Array.from(rows, (row, at): RankedItem => ({ row, score: scores[at], source: "content" }));
  return { source: "content", items: [...content, ...rest] };
}
