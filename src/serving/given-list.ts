import type { Source } from "../ranking/rank.ts";
import { type RankingUser, rankList } from "../ranking/rank-list.ts";
import { allowedItems, filtersOf } from "./filtering.ts";
import { ownPast } from "./past.ts";
import { type Answer, type AnswerItem, type Query, QueryError, type QueryFault } from "./query.ts";
import { answerItem } from "./rows.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * A given list in the order in which this user would want it; for one of whom nothing is known, by popularity. Items
 * that the model does not know come last, in the order that they have. The list is the shop's own: nothing of it is
 * hidden but by the query's filter, an id that comes again, and what the query excludes.
 * @throws QueryError
 */
export function rankGiven(snapshot: Snapshot, query: Query, inputList: readonly string[]): Answer {
  const { model, parts } = snapshot;
  const user = ownPast(model, query, []);
  const isShown = filterOf(snapshot, query, user);
  const ids = [...new Set(inputList)].filter(isShown);
  const known = ids.map((id) => model.items.row(id)).filter((row) => row >= 0);
  const ranked = rankList(model, user, known);
  const source: Source = ranked[0]?.score === undefined ? "popular" : user.history ? "fold-in" : "als";
  const items: AnswerItem[] = ranked.map(({ row, score }, at) =>
    answerItem(snapshot, { row, score, source }, at + 1),
  );
  for (const itemId of ids) {
    if (model.items.row(itemId) < 0) items.push(unknownItem(snapshot, itemId, items.length + 1));
  }
  return {
    recommendationId: crypto.randomUUID(),
    ...(query.userId === undefined ? {} : { userId: query.userId }),
    source: items[0]?.source ?? source,
    model: { version: parts.version, channel: parts.channel },
    items,
  };
}

/** What no model knows; the catalogue may. */
function unknownItem(snapshot: Snapshot, itemId: string, rank: number): AnswerItem {
  const catalogRow = snapshot.catalog?.ids.row(itemId) ?? -1;
  if (catalogRow < 0) return { itemId, rank, source: "content" };
  return answerItem(snapshot, { catalogRow, score: undefined, source: "content" }, rank);
}

function filterOf(snapshot: Snapshot, query: Query, user: RankingUser): (itemId: string) => boolean {
  const { model, catalog } = snapshot;
  const faults: QueryFault[] = [];
  const filters = filtersOf(snapshot, query, faults);
  if (faults.length > 0) throw new QueryError(faults);
  const excluded = new Set(query.exclude);
  if (filters.length === 0) return (itemId) => !excluded.has(itemId);
  const own = user.history ?? (user.userRow === undefined ? undefined : model.history(user.userRow));
  const { hidden, allowsNew } = allowedItems(snapshot, filters, { query, history: own });
  // Of what is not in the catalogue either, no INCLUDE holds.
  const keepsOthers = filters.every(({ expressions }) => expressions.every(({ keeps }) => !keeps));
  return (itemId) => {
    if (excluded.has(itemId)) return false;
    const row = model.items.row(itemId);
    if (row >= 0) return hidden?.[row] !== 1;
    const catalogRow = catalog?.ids.row(itemId) ?? -1;
    return catalogRow < 0 ? keepsOthers : allowsNew(catalogRow);
  };
}
