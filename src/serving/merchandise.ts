import { Random } from "../math/random.ts";
import type { AnswerItem, Query } from "./query.ts";

/** Rows of one promotion, best first, and how many of the answer's it may have. */
export interface PromotedRows {
  readonly slots: number;
  readonly items: readonly AnswerItem[];
}

export interface Merchandise {
  readonly promoted: readonly PromotedRows[];
  /** position from 1 → what stands there */
  readonly pinned: ReadonlyMap<number, AnswerItem>;
}

/**
 * Rows of an answer: what is pinned at its place, what is promoted at places that the seed draws, in its own order, and
 * everything else in the order that it has, each item once.
 * @param count of rows at most
 */
export function compose(
  organic: readonly AnswerItem[],
  { promoted, pinned }: Merchandise,
  { count, seed }: { readonly count: number; readonly seed: string },
): AnswerItem[] {
  const taken = new Set(
    [...pinned].filter(([position]) => position <= count).map(([, { itemId }]) => itemId),
  );
  const chosen = promoted.flatMap(({ slots, items }) => {
    const free = items.filter(({ itemId }) => !taken.has(itemId)).slice(0, slots);
    for (const { itemId } of free) taken.add(itemId);
    return free;
  });
  const rest = organic.filter(({ itemId }) => !taken.has(itemId));
  const pins = [...pinned].filter(([position]) => position <= count);
  const total = Math.min(count, pins.length + chosen.length + rest.length);
  const rows = new Array<AnswerItem | undefined>(total).fill(undefined);
  // Where there are fewer rows than a pin's position, it stands last, after those that have their places.
  for (const [position, item] of pins) if (position <= total) rows[position - 1] = item;
  for (const [position, item] of pins) if (position > total) rows[rows.lastIndexOf(undefined)] = item;
  const free = Array.from(rows.keys()).filter((at) => rows[at] === undefined);
  const places = new Random(seed).shuffle(free.slice()).slice(0, chosen.length);
  places
    .sort((a, b) => a - b)
    .forEach((at, order) => {
      rows[at] = chosen[order];
    });
  let next = 0;
  return Array.from(rows, (row, at) => ({ ...(row ?? rest[next++]), rank: at + 1 }));
}

/** Slots of a share of an answer's rows: to the nearest whole number, and at least one. */
export function slotsOf(percent: number, count: number): number {
  return Math.min(count, Math.max(1, Math.round((percent / 100) * count)));
}

/** The same request of the same model draws the same places. */
export function seedOf(
  version: string,
  { userId, itemId, recent, numResults, filter, filterName }: Query,
): string {
  return JSON.stringify([version, userId, itemId, recent, numResults, filter, filterName]);
}
