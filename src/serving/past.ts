import type { Activity, ActivityEvent, Exposure } from "../activity/activity-store.ts";
import { isDismissal } from "../activity/dismissal.ts";
import { isPurchase } from "../interactions/event-weights.ts";
import type { History, RecentEvent } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import type { Query } from "./query.ts";

/** What is known of whoever asks beyond the model: read from the store of activity before an answer is made. */
export type Past = Pick<Activity, "events" | "attributes" | "erasedAt">;

/**
 * The row of a user whom the model knows, below 0 if it does not, or no longer may: a row with anything that was done
 * before the erasure is as if it were not there.
 */
export function knownRow(model: Model, { userId, past }: Query): number {
  const row = userId === undefined ? -1 : model.users.row(userId);
  const erasedAt = past?.erasedAt;
  if (row < 0 || erasedAt === undefined) return row;
  const { lastTime } = model.history(row);
  return lastTime.length > 0 && lastTime.every((time) => time > erasedAt) ? row : -1;
}

/**
 * What to rank by: the user's stored row where nothing has happened since, else everything together, as a history to
 * fold in.
 * @param entered events that the request itself brings
 */
export function ownPast(
  model: Model,
  query: Query,
  entered: readonly RecentEvent[],
): { readonly userRow?: number; readonly history?: History } {
  if (query.history !== undefined) return { history: query.history };
  const row = knownRow(model, query);
  const before = row < 0 ? undefined : model.history(row);
  const recent = [...unseenEvents(model, query.past, before), ...entered];
  if (recent.length > 0) return { history: model.withRecent(before, recent) };
  return row < 0 ? {} : { userRow: row };
}

/** Stored events that the model can weigh and was not fitted on: those of a pair up to its last time it knows. */
function unseenEvents(model: Model, past: Past | undefined, before: History | undefined): RecentEvent[] {
  if (past === undefined) return [];
  const known = new Map<number, number>();
  before?.items.forEach((item, at) => {
    known.set(item, before.lastTime[at]);
  });
  return keptEvents(past).flatMap(({ itemId, eventType, time, value }) => {
    const itemRow = itemId === undefined ? -1 : model.items.row(itemId);
    if (itemRow < 0 || isDismissal(eventType) || model.eventWeight(eventType) === undefined) return [];
    const lastTime = known.get(itemRow);
    if (lastTime !== undefined && Math.floor(time) <= lastTime) return [];
    return [{ itemRow, eventType, time, value }];
  });
}

/**
 * Items that the past forbids whatever the model makes of it: what was dismissed, and, unless nothing is to be hidden,
 * what was bought, also where the model knows neither the item nor such events.
 */
export function forbiddenItems(past: Past, hide: Query["hide"]): string[] {
  const forbids = (type: string): boolean => isDismissal(type) || (hide !== "none" && isPurchase(type));
  const found = keptEvents(past).flatMap(({ itemId, eventType }) =>
    itemId !== undefined && forbids(eventType) ? [itemId] : [],
  );
  return [...new Set(found)];
}

/**
 * Items shown since they were last clicked, or done anything else with, and in how many answers.
 * @param since epoch seconds before which what was shown is forgotten
 */
export function shownUnclicked(
  past: Past,
  exposures: readonly Exposure[],
  since: number,
): Map<string, number> {
  const from = Math.max(since, past.erasedAt ?? since);
  const lastTime = new Map<string, number>();
  for (const { itemId, time } of past.events) {
    if (itemId !== undefined) lastTime.set(itemId, Math.max(time, lastTime.get(itemId) ?? time));
  }
  const shown = new Map<string, number>();
  for (const { time, rows } of exposures) {
    if (time <= from) continue;
    for (const { itemId } of rows) {
      if (time > (lastTime.get(itemId) ?? since)) shown.set(itemId, (shown.get(itemId) ?? 0) + 1);
    }
  }
  return shown;
}

/** Rows of the model of an old history are left out by `knownRow`; these are the newer ones, told apart one by one. */
function keptEvents({ events, erasedAt = Number.NEGATIVE_INFINITY }: Past): readonly ActivityEvent[] {
  return events.filter(({ time }) => time > erasedAt);
}
