import type { EventLog } from "../interactions/event-log.ts";
import type { Model } from "../model/model.ts";
import type { FittedPart } from "./held-out.ts";

/**
 * How many events a model was fitted on: pairs in its histories, and, where both have times, not after the last
 * event that it knows. A pair that comes back later is a repeat, which is fair to ask for.
 */
export function seenEvents(model: Model, log: EventLog): number {
  const userRows = Int32Array.from(log.users, (id) => model.users.row(id));
  const itemRows = Int32Array.from(log.items, (id) => model.items.row(id));
  let seen = 0;
  for (let row = 0; row < log.length; row++) {
    const isLater = log.hasTime && model.now > 0 && log.time[row] > model.now;
    const user = userRows[log.user[row]];
    const item = itemRows[log.item[row]];
    if (!isLater && user >= 0 && item >= 0 && hasItem(model.history(user).items, item)) seen++;
  }
  return seen;
}

/** Binary search: a history's items rise. */
function hasItem(items: Uint32Array, item: number): boolean {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle] < item) low = middle + 1;
    else high = middle;
  }
  return items[low] === item;
}

/** What the evaluator asks of the fitted part, as the model file keeps it. */
export function fittedPart(model: Model): FittedPart {
  const starts = new Uint32Array(model.userCount + 1);
  for (let user = 0; user < model.userCount; user++) {
    starts[user + 1] = starts[user] + model.history(user).items.length;
  }
  const columns = new Uint32Array(starts[model.userCount]);
  const typeBits = new Uint8Array(columns.length);
  for (let user = 0; user < model.userCount; user++) {
    const history = model.history(user);
    columns.set(history.items, starts[user]);
    typeBits.set(history.typeBits, starts[user]);
  }
  const { users, items } = model;
  return {
    users,
    items,
    confidence: { starts, columns },
    typeBits,
    purchaseBits: model.header.confidence.purchaseBits,
  };
}
