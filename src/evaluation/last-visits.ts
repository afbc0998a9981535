import { Random } from "../math/random.ts";
import type { History } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import type { HeldOut, RelevantItems } from "./held-out.ts";

export interface LastVisitsOptions {
  /** at most so many users, drawn by the seed; 500 unless said */
  readonly users?: number;
  readonly seed: number;
}

export interface LastVisits {
  readonly heldOut: HeldOut;
  /** what is left of a user's history without the last visit; `undefined` for users that are not in `heldOut` */
  historyOf(userId: string): History | undefined;
}

/** What happened within a day of the last event is one visit. */
const visitSeconds = 86_400;
/** Who did less cannot lose a visit and still be known. */
const pairsMin = 4;

/**
 * Takes the last visit out of users' histories, at most half of each, as what they should be recommended from the
 * rest: a stand-in where no events lie apart. The model was fitted on these visits too, so the figures flatter it;
 * what they are good for is to hold two ways of serving one model against each other. Where the data has no times a
 * fifth of each history, drawn by the seed, stands for the visit.
 */
export function takeLastVisits(model: Model, { users: usersMax = 500, seed }: LastVisitsOptions): LastVisits {
  const random = new Random(seed);
  const rows = Array.from({ length: model.userCount }, (_, row) => row).filter(
    (row) => model.history(row).items.length >= pairsMin,
  );
  const chosen = random
    .shuffle(rows)
    .slice(0, usersMax)
    .sort((a, b) => a - b);
  const rest = new Map<string, History>();
  const hidden: number[][] = [];
  for (const row of chosen) {
    const history = model.history(row);
    const taken = takenPairs(history, random);
    hidden.push(taken.map((pair) => history.items[pair]));
    rest.set(model.users.id(row), without(history, new Set(taken)));
  }
  const relevant = rowsOf(hidden);
  const isTimed = chosen.some((row) => model.history(row).lastTime.some((time) => time > 0));
  return {
    heldOut: {
      target: "any",
      sentence: describe(chosen.length, isTimed),
      users: [...rest.keys()],
      warm: new Uint8Array(chosen.length).fill(1),
      items: model.items,
      fittedItemCount: model.itemCount,
      userCounts: countUsers(model),
      relevant: { all: relevant, new: relevant },
    },
    historyOf: (userId) => rest.get(userId),
  };
}

/** Places in the history, rising: the last day's, of which at most half of all pairs. */
function takenPairs({ items, lastTime }: History, random: Random): number[] {
  const most = Math.floor(items.length / 2);
  const places = Array.from(items.keys());
  const last = lastTime.reduce((latest, time) => Math.max(latest, time), 0);
  const byTime = places.filter((at) => last > 0 && lastTime[at] > last - visitSeconds);
  const found =
    last > 0
      ? byTime.sort((a, b) => lastTime[b] - lastTime[a] || a - b).slice(0, most)
      : random.shuffle(places).slice(0, Math.max(1, Math.floor(items.length / 5)));
  return found.sort((a, b) => a - b);
}

function without(history: History, taken: ReadonlySet<number>): History {
  const keep = (_: number, at: number): boolean => !taken.has(at);
  const { items, strength, lastTime, typeBits, count, value } = history;
  return {
    items: items.filter(keep),
    strength: strength.filter(keep),
    lastTime: lastTime.filter(keep),
    typeBits: typeBits.filter(keep),
    ...(count && { count: count.filter(keep) }),
    ...(value && { value: value.filter(keep) }),
  };
}

function rowsOf(hidden: readonly (readonly number[])[]): RelevantItems {
  const starts = new Uint32Array(hidden.length + 1);
  hidden.forEach((items, user) => {
    starts[user + 1] = starts[user] + items.length;
  });
  return { starts, items: Uint32Array.from(hidden.flat()) };
}

function countUsers(model: Model): Uint32Array {
  const counts = new Uint32Array(model.itemCount);
  for (let row = 0; row < model.userCount; row++) for (const item of model.history(row).items) counts[item]++;
  return counts;
}

function describe(userCount: number, isTimed: boolean): string {
  const part = isTimed ? "the last visit" : "a fifth of the history";
  return (
    `${userCount} users, of whose histories ${part} was taken out and is to be found again. The model has seen it ` +
    "while it was trained: good for comparing, no measure of the model."
  );
}
