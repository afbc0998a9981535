import { type RankingQuery, rank, type Source } from "../ranking/rank.ts";
import { becauseOf } from "./because.ts";
import { knobFaults, knobsOf } from "./knobs.ts";
import {
  type Answer,
  type AnswerItem,
  type Query,
  QueryError,
  type QueryFault,
  type ShownItem,
} from "./query.ts";
import { readRecent } from "./recent.ts";
import { similarByContent } from "./similar-by-content.ts";
import type { Snapshot } from "./snapshot.ts";
import { type PlacedRow, withNewItems } from "./with-new-items.ts";

export const numResultsDefault = 25;

/** Ranks for a query. Pure but for the answer's random id; every row comes from this one snapshot. */
export function answer(snapshot: Snapshot, query: Query): Answer {
  const { model } = snapshot;
  const asked = rankingQuery(snapshot, query);
  const contentRows = similarByContent(snapshot, query, asked);
  if (contentRows) return answerWith(snapshot, query, contentRows);
  const ranked = rank(model, asked);
  return answerWith(snapshot, query, withNewItems(snapshot, query, ranked, asked.k));
}

/** The body of an answer of these rows; `otherwise` is its source where there is none. */
export function answerWith(
  snapshot: Snapshot,
  query: Pick<Query, "userId">,
  rows: readonly PlacedRow[],
  otherwise: Source = "popular",
): Answer {
  const { parts } = snapshot;
  const items = rows.map((row, index) => answerItem(snapshot, row, index + 1));
  return {
    recommendationId: crypto.randomUUID(),
    ...(query.userId === undefined ? {} : { userId: query.userId }),
    source: items[0]?.source ?? otherwise,
    model: { version: parts.version, channel: parts.channel },
    items,
  };
}

/** The most popular items, of everybody and for everybody. */
export function popular(snapshot: Snapshot, query: Query): Answer {
  const { userId: _, itemId: __, recent: ___, ...narrowed } = query;
  return answer(snapshot, { ...narrowed, explain: false });
}

/**
 * The item goes before recent events with the user's history, and those before the user alone; what is hidden of
 * one's own past goes by all that is said of it.
 */
export function rankingQuery(snapshot: Snapshot, query: Query): RankingQuery {
  const { model } = snapshot;
  const faults = [...catalogFaults(snapshot, query), ...knobFaults(query)];
  const recent = readRecent(model, query.recent ?? [], faults);
  if (faults.length > 0) throw new QueryError(faults);
  const hidden = hiddenItems(snapshot, query);
  const common = {
    k: query.numResults ?? numResultsDefault,
    hide: query.hide ?? ("purchased" as const),
    why: query.explain ?? false,
    ...(hidden === undefined ? {} : { hidden }),
    ...knobsOf(snapshot, query),
  };
  const user = query.userId === undefined ? -1 : model.users.row(query.userId);
  const known = user < 0 ? {} : { userRow: user };
  const before = user < 0 ? undefined : model.history(user);
  const own = recent.length === 0 ? known : { history: model.withRecent(before, recent) };
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

function answerItem(snapshot: Snapshot, row: PlacedRow, rank: number): AnswerItem {
  const { items } = snapshot.model;
  const isNew = "catalogRow" in row;
  const catalogRow = isNew ? row.catalogRow : snapshot.catalogRow(row.row);
  const item = catalogRow === undefined ? undefined : showItem(snapshot.catalog!.item(catalogRow));
  const { because, support } = isNew ? {} : row;
  return {
    itemId: isNew ? snapshot.catalog!.ids.id(row.catalogRow) : items.id(row.row),
    rank,
    ...(row.score === undefined ? {} : { score: row.score }),
    source: row.source,
    ...(item === undefined ? {} : { item }),
    ...(because === undefined ? {} : { because: because.map((reason) => becauseOf(snapshot, reason)) }),
    ...(support === undefined ? {} : { support }),
    ...(row.propensity === undefined ? {} : { propensity: row.propensity }),
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
