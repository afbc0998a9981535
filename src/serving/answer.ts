import { type RankedItem, type RankingQuery, rank } from "../ranking/rank.ts";
import { newItems } from "./new-items.ts";
import { ownPast } from "./past.ts";
import {
  type Answer,
  type AnswerItem,
  type Query,
  QueryError,
  type QueryFault,
  type ShownItem,
} from "./query.ts";
import { readRecent } from "./recent.ts";
import type { Snapshot } from "./snapshot.ts";

export const numResultsDefault = 25;

/** Ranks for a query. Pure but for the answer's random id; every row comes from this one snapshot. */
export function answer(snapshot: Snapshot, query: Query): Answer {
  const { model, parts } = snapshot;
  const asked = rankingQuery(snapshot, query);
  const ranked = rank(model, asked);
  const items = ranked.items.map((item, index) => answerItem(snapshot, item, index + 1));
  for (const row of newItems(snapshot, query, asked.k - items.length)) {
    const item = snapshot.catalog!.item(row);
    items.push({ itemId: item.itemId, rank: items.length + 1, source: "content", item: showItem(item) });
  }
  return {
    recommendationId: crypto.randomUUID(),
    ...(query.userId === undefined ? {} : { userId: query.userId }),
    source: items[0]?.source ?? ranked.source,
    model: { version: parts.version, channel: parts.channel },
    items,
  };
}

/** The most popular items, of everybody and for everybody. */
export function popular(snapshot: Snapshot, query: Query): Answer {
  const { userId: _, itemId: __, recent: ___, past: ____, ...narrowed } = query;
  return answer(snapshot, { ...narrowed, explain: false });
}

/**
 * The item goes before recent events with the user's history, and those before the user alone; what is hidden of
 * one's own past goes by all that is said of it.
 */
function rankingQuery(snapshot: Snapshot, query: Query): RankingQuery {
  const { model } = snapshot;
  const faults = catalogFaults(snapshot, query);
  const recent = readRecent(model, query.recent ?? [], faults);
  if (faults.length > 0) throw new QueryError(faults);
  const hidden = hiddenItems(snapshot, query);
  const common = {
    k: query.numResults ?? numResultsDefault,
    hide: query.hide ?? ("purchased" as const),
    why: query.explain ?? false,
    ...(hidden === undefined ? {} : { hidden }),
  };
  const own = ownPast(model, query, recent);
  if (query.itemId === undefined) return { ...common, ...own };
  return { ...common, ...own, itemRow: model.items.row(query.itemId) };
}

function catalogFaults({ catalog }: Snapshot, query: Query): QueryFault[] {
  if (catalog !== undefined) return [];
  const needy = (["category", "minPrice", "maxPrice"] as const).filter((name) => query[name] !== undefined);
  return needy.map((parameter) => ({ parameter, detail: "needs a catalogue, and this server has none" }));
}

/** (items): 1 where the catalogue, the query's conditions or its exclusions forbid an item. */
function hiddenItems(snapshot: Snapshot, query: Query): Uint8Array | undefined {
  const { category, minPrice, maxPrice, exclude = [] } = query;
  const byPrice = minPrice !== undefined || maxPrice !== undefined;
  if (category === undefined && !byPrice && exclude.length === 0) return snapshot.hidden;
  const mask = snapshot.hidden?.slice() ?? new Uint8Array(snapshot.model.itemCount);
  if (category !== undefined) snapshot.hideOtherCategories(category, mask);
  if (byPrice) snapshot.hideOtherPrices(minPrice ?? 0, maxPrice ?? Infinity, mask);
  for (const id of exclude) {
    const row = snapshot.model.items.row(id);
    if (row >= 0) mask[row] = 1;
  }
  return mask;
}

function answerItem(snapshot: Snapshot, ranked: RankedItem, rank: number): AnswerItem {
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

function showItem(item: ShownItem): ShownItem {
  const { title, price, category, image } = item;
  return {
    title,
    ...(price === undefined ? {} : { price }),
    ...(category === undefined ? {} : { category }),
    ...(image === undefined ? {} : { image }),
  };
}
