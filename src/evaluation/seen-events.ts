import type { EventLog } from "../interactions/event-log.ts";
import type { Model } from "../model/model.ts";
import type { FittedPart } from "./held-out.ts";

/**
 * How many events a model was fitted on: those on a pair of its histories that are not later than the pair's last
 * event there. A pair that comes back later is a repeat, which is fair to ask for; without times nobody can tell,
 * and every known pair counts as seen. Models keep whole seconds, so that is how finely times are compared.
 */
export function seenEvents(model: Model, log: EventLog): number {
  const userRows = Int32Array.from(log.users, (id) => model.users.row(id));
  const itemRows = Int32Array.from(log.items, (id) => model.items.row(id));
  let seen = 0;
  for (let row = 0; row < log.length; row++) {
    const user = userRows[log.user[row]];
    const item = itemRows[log.item[row]];
    if (user < 0 || item < 0) continue;
    const { items, lastTime } = model.history(user);
    const pair = place(items, item);
    if (pair >= 0 && !(lastTime[pair] > 0 && Math.floor(log.time[row]) > lastTime[pair])) seen++;
  }
  return seen;
}

/** Where an item stands in a history's rising rows, or -1. */
function place(items: Uint32Array, item: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle] < item) low = middle + 1;
    else high = middle;
  }
  return items[low] === item ? low : -1;
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
