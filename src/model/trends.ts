import type { EventLog } from "../interactions/event-log.ts";
import type { IdTable } from "../math/id-table.ts";
import { growthOf, type Trend } from "./popularity.ts";

/** The windows over which growth is told, the shortest first. */
export const trendWindows = ["30m", "1h", "3h", "1d"] as const;
export type TrendWindow = (typeof trendWindows)[number];

export const windowSeconds: Readonly<Record<TrendWindow, number>> = {
  "30m": 1800,
  "1h": 3600,
  "3h": 10_800,
  "1d": 86_400,
};

/** So many windows before a window say what it was to be expected. */
const windowsBefore = 7;

/**
 * What grows in each window up to *now*: the users who took an item in it, against the seven windows before it, as
 * `growthOf` says. A user counts once for an item in each part, so nobody makes a trend alone.
 */
export function findWindowTrends(log: EventLog, items: IdTable, now: number): Record<TrendWindow, Trend> {
  const rowOf = Int32Array.from({ length: log.items.count }, (_, item) => items.row(log.items.id(item)));
  const found = trendWindows.map((window): [TrendWindow, Trend] => {
    const seconds = windowSeconds[window];
    const usersWithin = (from: number, to: number) => countUsers(log, rowOf, items.count, { from, to });
    const seen = usersWithin(now - seconds, now);
    return [window, growthOf(seen, usersWithin(now - (windowsBefore + 1) * seconds, now - seconds))];
  });
  return Object.fromEntries(found) as Record<TrendWindow, Trend>;
}

/** (items): distinct users with an event in (from, to]. */
function countUsers(
  log: EventLog,
  rowOf: Int32Array,
  itemCount: number,
  { from, to }: { readonly from: number; readonly to: number },
): Uint32Array {
  const counts = new Uint32Array(itemCount);
  const pairs: number[] = [];
  for (let row = 0; row < log.length; row++) {
    const item = rowOf[log.item[row]];
    if (log.time[row] > from && log.time[row] <= to && item >= 0)
      pairs.push(log.user[row] * itemCount + item);
  }
  let before = -1;
  for (const pair of Float64Array.from(pairs).sort()) {
    if (pair !== before) counts[pair % itemCount]++;
    before = pair;
  }
  return counts;
}

/** The largest of a day, an hour, a minute and a second that all times are whole numbers of; 0 without times. */
export function timeResolution({ time, hasTime }: EventLog): number {
  if (!hasTime) return 0;
  return [86_400, 3600, 60].find((unit) => time.every((at) => at % unit === 0)) ?? 1;
}

/** (items): epoch seconds of the first event, 0 where that is not known. */
export function findFirstSeen(log: EventLog, items: IdTable): Uint32Array {
  const rowOf = Int32Array.from({ length: log.items.count }, (_, item) => items.row(log.items.id(item)));
  const first = new Uint32Array(items.count);
  for (let row = 0; row < log.length; row++) {
    const time = Math.floor(log.time[row]);
    if (!(time > 0)) continue;
    const item = rowOf[log.item[row]];
    if (item >= 0 && (first[item] === 0 || time < first[item])) first[item] = time;
  }
  return first;
}
