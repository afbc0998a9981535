import type { History } from "../model/history.ts";
import { type RankedItem, type RankingQuery, rank, type Source } from "../ranking/rank.ts";
import type { Allowed } from "./filtering.ts";
import { newItems } from "./new-items.ts";
import type { AnswerItem, ShownItem } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";

/** A ranking before anything is filtered, what the user did beside it. */
export interface AskedRanking extends Omit<RankingQuery, "hidden" | "places"> {
  readonly own: History | undefined;
  readonly itemId?: string;
}

/** The rows that a ranking gives, filled up by what only the catalogue knows. */
export function rowsOf(
  snapshot: Snapshot,
  asked: AskedRanking,
  allowed: Allowed,
): { source: Source; items: AnswerItem[] } {
  const ranked = rank(snapshot.model, { ...asked, ...masksOf(allowed) });
  const items = ranked.items.map((item, index) => answerItem(snapshot, item, index + 1));
  for (const row of newItems(snapshot, allowed, { count: asked.k - items.length, itemId: asked.itemId })) {
    const item = snapshot.catalog!.item(row);
    items.push({ itemId: item.itemId, rank: items.length + 1, source: "content", item: showItem(item) });
  }
  return { source: items[0]?.source ?? ranked.source, items };
}

function masksOf({ hidden, places }: Allowed): Pick<RankingQuery, "hidden" | "places"> {
  return hidden === undefined ? {} : { hidden, places };
}

export function answerItem(snapshot: Snapshot, ranked: RankedItem, rank: number): AnswerItem {
  const { items } = snapshot.model;
  const catalogRow = snapshot.catalogRow(ranked.row);
  const item = catalogRow === undefined ? undefined : showItem(snapshot.catalog!.item(catalogRow));
  return {
    itemId: items.id(ranked.row),
    rank,
    ...(ranked.score === undefined ? {} : { score: ranked.score }),
    source: ranked.source,
    ...(item === undefined ? {} : { item }),
    ...(ranked.because === undefined
      ? {}
      : { because: ranked.because.map(({ row, share }) => ({ itemId: items.id(row), share })) }),
  };
}

export function showItem(item: ShownItem): ShownItem {
  const { title, price, category, image } = item;
  return {
    title,
    ...(price === undefined ? {} : { price }),
    ...(category === undefined ? {} : { category }),
    ...(image === undefined ? {} : { image }),
  };
}
