import type { LiveRules } from "aisle/admin";

export type Draft = LiveRules["rules"];
export type Promotion = Draft["promotions"][number];
export type Boost = Draft["boosts"][number];
type Pin = Draft["pins"][number];

/**
 * Pins an item at a position, from 1. Whatever is pinned there, and without a gap behind it, goes one further: a pin
 * is never lost to another one.
 */
export function pinAt(draft: Draft, itemId: string, position: number): Draft {
  const moved = draft.pins.find((pin) => pin.itemId === itemId);
  const others = draft.pins.filter((pin) => pin !== moved);
  const places = new Map(others.map((pin) => [pin.position, pin]));
  const pushed = new Map<Pin, number>();
  for (let at = position; ; at++) {
    const pin = places.get(at);
    if (pin === undefined) break;
    pushed.set(pin, at + 1);
  }
  const pins = others.map((pin) => ({ ...pin, position: pushed.get(pin) ?? pin.position }));
  return { ...draft, pins: inOrder([...pins, { ...moved, itemId, position }]) };
}

export function unpin(draft: Draft, itemId: string): Draft {
  return { ...draft, pins: draft.pins.filter((pin) => pin.itemId !== itemId) };
}

export function pinOf(draft: Draft, itemId: string): Pin | undefined {
  return draft.pins.find((pin) => pin.itemId === itemId);
}

export function replaceAt<T>(list: readonly T[], at: number, value: T): T[] {
  return list.map((each, index) => (index === at ? value : each));
}

export function withoutAt<T>(list: readonly T[], at: number): T[] {
  return list.filter((_, index) => index !== at);
}

/** The name itself, or with the first number that makes it a new one. */
export function freeName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let number = 2; ; number++) {
    const name = `${wanted}-${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** Whether there is anything to save: the order of keys does not matter, that of rules does. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]),
  );
}

function inOrder(pins: readonly Pin[]): Pin[] {
  return pins.toSorted((a, b) => a.position - b.position);
}

/** What a draft says, in a few words: "2 promotions, 1 pin". */
export function summaryOf({ filters, promotions, boosts, pins }: Draft): string {
  const counts = [
    [promotions.length, "promotion"],
    [boosts.length, "boost"],
    [pins.length, "pin"],
    [Object.keys(filters).length, "named filter"],
  ] as const;
  const told = counts.flatMap(([count, name]) =>
    count === 0 ? [] : [`${count} ${name}${count === 1 ? "" : "s"}`],
  );
  return told.length === 0 ? "no rules" : told.join(", ");
}
