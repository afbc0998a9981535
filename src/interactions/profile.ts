import type { EventLog } from "./event-log.ts";
import { secondsPerDay } from "./pair-sums.ts";
import { assessReadiness } from "./readiness.ts";

/** Sums over events that name nobody: enough to draw the data's shape. */
export interface DataProfile {
  readonly userCount: number;
  readonly itemCount: number;
  readonly pairCount: number;
  /** of the events, those on a pair that was there already */
  readonly repeatShare: number;
  /** by type, how many */
  readonly types: Readonly<Record<string, number>>;
  /** UTC days that have any; absent where events have no times */
  readonly eventsByDay?: { readonly day: string; readonly count: number }[];
  /** at most 200 points: the most popular share of the items → their share of the events */
  readonly longTail: { readonly items: number; readonly events: number }[];
}

const pointsMax = 200;

export function profileOf(log: EventLog): DataProfile {
  const { users, items, pairs, repeatShare } = assessReadiness(log);
  const types: Record<string, number> = {};
  for (const type of log.type) types[log.eventTypes[type]] = (types[log.eventTypes[type]] ?? 0) + 1;
  return {
    ...{ userCount: users, itemCount: items, pairCount: pairs, repeatShare, types },
    ...(log.hasTime && { eventsByDay: countDays(log.time) }),
    longTail: longTailOf(log),
  };
}

function countDays(times: Float64Array): { day: string; count: number }[] {
  const counts = new Map<number, number>();
  for (const time of times) {
    const day = Math.floor(time / secondsPerDay);
    counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .flatMap(([day, count]) => {
      const date = new Date(day * secondsPerDay * 1000);
      // A time that was garbled may lie past the years that a date is written with.
      const isWritable = date.getTime() >= 0 && date.getUTCFullYear() <= 9999;
      return isWritable ? [{ day: date.toISOString().slice(0, 10), count }] : [];
    });
}

function longTailOf({ item, items, length }: EventLog): { items: number; events: number }[] {
  const counts = new Uint32Array(items.count);
  for (const row of item) counts[row]++;
  const falling = counts
    .filter((count) => count > 0)
    .sort()
    .reverse();
  const points = Math.min(pointsMax, falling.length);
  const tail: { items: number; events: number }[] = [];
  let sum = 0;
  let point = 1;
  falling.forEach((count, place) => {
    sum += count;
    if (place + 1 < Math.ceil((point * falling.length) / points)) return;
    tail.push({ items: (place + 1) / falling.length, events: sum / length });
    point++;
  });
  return tail;
}
