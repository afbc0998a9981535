import { type RankedItem, type RankingQuery, rank } from "../ranking/rank.ts";
import { type Answer, type AnswerItem, type Query, QueryError, type ShownItem } from "./query.ts";
import { readRecent } from "./recent.ts";
import type { Snapshot } from "./snapshot.ts";

export const numResultsDefault = 25;

/** Ranks for a query. Pure but for the answer's random id; every row comes from this one snapshot. */
export function answer(snapshot: Snapshot, query: Query): Answer {
  const { model, parts } = snapshot;
  const ranked = rank(model, rankingQuery(snapshot, query));
  return {
    recommendationId: crypto.randomUUID(),
    ...(query.userId === undefined ? {} : { userId: query.userId }),
    source: ranked.source,
    model: { version: parts.version, channel: parts.channel },
    items: ranked.items.map((item, index) => answerItem(snapshot, item, index + 1)),
  };
}

/** The most popular items, of everybody and for everybody. */
export function popular(snapshot: Snapshot, query: Query): Answer {
  const { userId: _, itemId: __, recent: ___, ...narrowed } = query;
  return answer(snapshot, { ...narrowed, explain: false });
}

/** API.md's precedence: the item, else recent events with the user's history, else the user. */
function rankingQuery(snapshot: Snapshot, query: Query): RankingQuery {
  const { model } = snapshot;
  const hidden = hiddenItems(snapshot, query);
  const common = {
    k: query.numResults ?? numResultsDefault,
    hide: query.hide ?? ("purchased" as const),
    why: query.explain ?? false,
    ...(hidden === undefined ? {} : { hidden }),
  };
  const user = query.userId === undefined ? -1 : model.users.row(query.userId);
  const known = user < 0 ? {} : { userRow: user };
  if (query.itemId !== undefined) {
    const itemRow = model.items.row(query.itemId);
    return itemRow < 0 ? common : { ...common, ...known, itemRow };
  }
  const recent = readRecent(model, query.recent ?? []);
  if (recent.length === 0) return { ...common, ...known };
  const before = user < 0 ? undefined : model.history(user);
  return { ...common, history: model.withRecent(before, recent) };
}

/** (items): 1 where the catalogue, the query's conditions or its exclusions forbid an item. */
function hiddenItems(snapshot: Snapshot, query: Query): Uint8Array | undefined {
  const { category, minPrice, maxPrice, exclude = [] } = query;
  const byPrice = minPrice !== undefined || maxPrice !== undefined;
  if (category === undefined && !byPrice && exclude.length === 0) return snapshot.hidden;
  if (snapshot.catalog === undefined) {
    const parameter = Object.entries({ category, minPrice, maxPrice }).find(
      ([, value]) => value !== undefined,
    );
    if (parameter) throw new QueryError(parameter[0], "needs a catalogue, and this server has none");
  }
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
