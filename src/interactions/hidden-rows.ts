import type { Random } from "../math/random.ts";
import type { EventLog } from "./event-log.ts";
import { countingSort, secondsPerDay } from "./pair-sums.ts";

/** Which part of a split a row belongs to. */
export const parts = { train: 0, validation: 1, test: 2 } as const;
export type Part = (typeof parts)[keyof typeof parts];

/** (users): each user's rows of the log, in its order. */
export type RowsByUser = readonly Uint32Array[];

export interface HiddenFractions {
  readonly testFraction: number;
  readonly validationFraction: number;
}

export function eventsByUser(log: EventLog): RowsByUser {
  const order = countingSort(undefined, log.user, log.users.count);
  const rows: Uint32Array[] = [];
  for (let from = 0, to = 0; from < order.length; from = to) {
    const user = log.user[order[from]];
    while (to < order.length && log.user[order[to]] === user) to++;
    rows.push(order.subarray(from, to));
  }
  return rows;
}

/** Marks each user's last rows in `part`, (events). */
export function hideLastRows(byUser: RowsByUser, fractions: HiddenFractions, part: Uint8Array): void {
  for (const rows of byUser) hideEnd(rows.length, fractions, (place, label) => (part[rows[place]] = label));
}

/** Marks drawn items of each user in `part`; an item that a list names twice moves as one. */
export function hideListItems(
  log: EventLog,
  byUser: RowsByUser,
  options: HiddenFractions & { readonly random: Random },
  part: Uint8Array,
): void {
  for (const rows of byUser) {
    const items = options.random.shuffle([...new Set(Array.from(rows, (row) => log.item[row]))]);
    const labels = new Map<number, Part>();
    hideEnd(items.length, options, (place, label) => labels.set(items[place], label));
    for (const row of rows) part[row] = labels.get(log.item[row]) ?? parts.train;
  }
}

/** Marks each user's last basket as test and the one before as validation; the first is always kept. */
export function hideLastBaskets(
  log: EventLog,
  byUser: RowsByUser,
  { testFraction, validationFraction }: HiddenFractions,
  part: Uint8Array,
): void {
  const hidden: Part[] = [
    ...(testFraction > 0 ? [parts.test] : []),
    ...(validationFraction > 0 ? [parts.validation] : []),
  ];
  const basketOf = (row: number) => log.basket?.[row] ?? Math.floor(log.time[row] / secondsPerDay);
  for (const rows of byUser) {
    const lastTimes = new Map<number, number>();
    for (const row of rows) {
      lastTimes.set(basketOf(row), Math.max(log.time[row], lastTimes.get(basketOf(row)) ?? -Infinity));
    }
    const baskets = [...lastTimes].sort((a, b) => b[1] - a[1] || b[0] - a[0]).map(([basket]) => basket);
    const labels = new Map(
      hidden.slice(0, baskets.length - 1).map((label, place) => [baskets[place], label]),
    );
    for (const row of rows) part[row] = labels.get(basketOf(row)) ?? parts.train;
  }
}

/**
 * Labels the last places of `count`: the test's share of all, then validation's share of what is left. Each is
 * at least one where it is asked for at all, as long as one place remains to learn from.
 */
function hideEnd(
  count: number,
  fractions: HiddenFractions,
  label: (place: number, part: Part) => void,
): void {
  const share = (of: number, fraction: number) =>
    fraction === 0 ? 0 : Math.min(of - 1, Math.max(1, Math.floor(of * fraction)));
  const testCount = share(count, fractions.testFraction);
  const validationCount = share(count - testCount, fractions.validationFraction);
  for (let hidden = 0; hidden < testCount + validationCount; hidden++) {
    label(count - 1 - hidden, hidden < testCount ? parts.test : parts.validation);
  }
}
