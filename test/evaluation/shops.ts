import type { Interactions } from "../../src/interactions/aggregate.ts";
import { aggregate } from "../../src/interactions/aggregate-by-formula.ts";
import { defaultConfidence } from "../../src/interactions/confidence.ts";
import { type EventLog, EventLogBuilder } from "../../src/interactions/event-log.ts";
import { Random } from "../../src/math/random.ts";

/** `[user, item]`, `[user, item, type]` or `[user, item, type, day]`; a purchase where no type is named. */
export type Line = readonly [string, string, string?, number?];

export function logOf(lines: readonly Line[]): EventLog {
  const builder = new EventLogBuilder();
  for (const [userId, itemId, eventType = "Purchase", day = 1] of lines) {
    builder.add({ userId, itemId, eventType, time: day * 86_400, value: 0 });
  }
  return builder.build();
}

export function interactionsOf(log: EventLog): Interactions {
  return aggregate(log, defaultConfidence);
}

export function interactionsOfLines(lines: readonly Line[]): Interactions {
  return interactionsOf(logOf(lines));
}

/**
 * Every even user likes every even item, every odd user every odd item, and the diagonal is withheld: a
 * recommender that sees the pattern has the withheld item first among new items.
 */
export function checkerboard(size: number): { fitted: EventLog; hidden: EventLog } {
  const fitted: Line[] = [];
  const hidden: Line[] = [];
  for (let user = 0; user < size; user++) {
    for (let item = user % 2; item < size; item += 2) {
      (item === user ? hidden : fitted).push([`u${user}`, `i${item}`]);
    }
  }
  return { fitted: logOf(fitted), hidden: logOf(hidden) };
}

/** A seeded shop with a long tail: views and purchases over 90 days, the last tenth hidden. */
export function randomShop(
  seed: number,
  { users, items, events }: { users: number; items: number; events: number },
): { fitted: EventLog; hidden: EventLog } {
  const random = new Random(seed);
  const lines = Array.from({ length: events }, (_, at): Line => {
    const user = random.integer(users);
    const taste = random.next() < 0.7 ? user % 5 : random.integer(5);
    const item = Math.floor(random.next() ** 3 * (items / 5)) * 5 + taste;
    return [`u${user}`, `i${item}`, random.next() < 0.3 ? "Purchase" : "View", (90 * at) / events];
  });
  const cut = Math.floor(events * 0.9);
  return { fitted: logOf(lines.slice(0, cut)), hidden: logOf(lines.slice(cut)) };
}
