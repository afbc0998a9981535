import type { History } from "../model/history.ts";
import type { RankingQuery } from "../ranking/rank.ts";
import { type Allowed, allowedItems, filtersOf } from "./filtering.ts";
import { knobFaults, knobsOf } from "./knobs.ts";
import { ownPast } from "./past.ts";
import { type Query, QueryError, type QueryFault } from "./query.ts";
import { readRecent } from "./recent.ts";
import type { RulesBonus } from "./rules.ts";
import type { Snapshot } from "./snapshot.ts";

export const numResultsDefault = 25;

/** A ranking before anything is filtered, what the user did beside it. */
export interface AskedRanking extends Omit<RankingQuery, "hidden" | "places"> {
  readonly own: History | undefined;
  readonly itemId?: string;
  readonly bonus?: RulesBonus | undefined;
  readonly exploration?: Exploration;
}

/** The share of places that young items get, above 0, and what draws them. */
export interface Exploration {
  readonly weight: number;
  readonly seed: string;
}

/** A query as it is asked of the ranking, and what it allows. */
export interface Asked {
  readonly asked: AskedRanking;
  readonly allowed: Allowed;
}

/**
 * The item goes before recent events with the user's history, and those before the user alone; what is hidden of
 * one's own past goes by all that is said of it.
 * @throws QueryError
 */
export function askedOf(snapshot: Snapshot, query: Query): Asked {
  const { model } = snapshot;
  const faults: QueryFault[] = knobFaults(query);
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
    ...knobsOf(snapshot, query),
    ...(query.itemId === undefined ? {} : { itemId: query.itemId, itemRow: model.items.row(query.itemId) }),
  };
  return { asked, allowed: allowedItems(snapshot, filters, { query, history: own }) };
}

/** What the ranking is asked for: the filters are part of it, so that nothing is filtered afterwards. */
export function rankingOf({ asked, allowed: { hidden, places } }: Asked): RankingQuery {
  return hidden === undefined ? asked : { ...asked, hidden, places };
}
