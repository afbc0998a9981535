import { type Allowed, allowedItems, filtersOf } from "./filtering.ts";
import { compose, seedOf } from "./merchandise.ts";
import { ownPast } from "./past.ts";
import { merchandiseOf } from "./promoted-rows.ts";
import { type Answer, type Query, QueryError, type QueryFault } from "./query.ts";
import { readRecent } from "./recent.ts";
import { type AskedRanking, rowsOf } from "./rows.ts";
import type { Snapshot } from "./snapshot.ts";

export const numResultsDefault = 25;

/** Ranks for a query. Pure but for the time and the answer's random id; every row comes from this one snapshot. */
export function answer(snapshot: Snapshot, query: Query): Answer {
  const { parts } = snapshot;
  const { asked, allowed } = rankingQuery(snapshot, query);
  const organic = rowsOf(snapshot, asked, allowed);
  const merchandise = merchandiseOf(snapshot, query, { asked, allowed });
  const order = { count: asked.k, seed: seedOf(parts.version, query) };
  const items = merchandise ? compose(organic.items, merchandise, order) : organic.items;
  return {
    recommendationId: crypto.randomUUID(),
    ...(query.userId === undefined ? {} : { userId: query.userId }),
    source: organic.source,
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
function rankingQuery(snapshot: Snapshot, query: Query): { asked: AskedRanking; allowed: Allowed } {
  const { model } = snapshot;
  const faults: QueryFault[] = [];
  const filters = filtersOf(snapshot, query, faults);
  const recent = readRecent(model, query.recent ?? [], faults);
  if (faults.length > 0) throw new QueryError(faults);
  const past = ownPast(model, query, recent);
  const own = past.history ?? (past.userRow === undefined ? undefined : model.history(past.userRow));
  const asked: AskedRanking = {
    k: query.numResults ?? numResultsDefault,
    hide: query.hide ?? "purchased",
    why: query.explain ?? false,
    bonus: snapshot.rules.bonusAt(Date.now()),
    own,
    ...past,
    ...(query.itemId === undefined ? {} : { itemId: query.itemId, itemRow: model.items.row(query.itemId) }),
  };
  return { asked, allowed: allowedItems(snapshot, filters, { query, history: own }) };
}
