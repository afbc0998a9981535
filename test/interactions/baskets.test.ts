import { describe, expect, it } from "vitest";
import { groupBaskets, orderRule, sessionRule, visitRule } from "../../src/interactions/baskets.ts";
import { type EventLog, EventLogBuilder } from "../../src/interactions/event-log.ts";
import type { SparseRows } from "../../src/math/sparse.ts";

type Line = [user: string, item: string, type: string, time: number, basket?: string];

function logOf(lines: readonly Line[]): EventLog {
  const log = new EventLogBuilder();
  for (const [userId, itemId, eventType, time, basket] of lines) {
    log.add({ userId, itemId, eventType, time, value: 0, ...(basket && { basket }) });
  }
  return log.build();
}

function named(baskets: SparseRows, log: EventLog): string[] {
  return Array.from({ length: baskets.rowCount }, (_, basket) =>
    Array.from(baskets.columns.subarray(baskets.starts[basket], baskets.starts[basket + 1]), (row) =>
      log.items.id(row),
    ).join(" "),
  );
}

const shop = logOf([
  ["u", "a", "View", 1000],
  ["u", "b", "Purchase", 1100],
  ["v", "a", "Purchase", 1100],
  ["u", "a", "Purchase", 1200],
  ["u", "b", "Purchase", 1300],
  ["u", "c", "Purchase", 1300 + 1801],
  ["u", "c", "View", 900],
]);

describe("baskets", () => {
  it("are one user's orders without a pause of more than half an hour, each item once", () => {
    expect(named(groupBaskets(shop, shop.items, orderRule(shop)), shop)).toEqual(["a b", "c", "a"]);
  });

  it("of visits hold what was looked at, in whatever order it was read", () => {
    expect(named(groupBaskets(shop, shop.items, visitRule(shop)!), shop)).toEqual(["a c"]);
    expect(named(groupBaskets(shop, shop.items, sessionRule(shop)), shop)).toEqual(["a b c", "c", "a"]);
  });

  it("go by their number where they have one, however long they took", () => {
    const log = logOf([
      ["u", "a", "Purchase", 0, "7"],
      ["u", "b", "Purchase", 9e6, "7"],
      ["u", "c", "Purchase", 10, "8"],
      ["u", "d", "Purchase", 20],
    ]);
    expect(named(groupBaskets(log, log.items, orderRule(log)), log)).toEqual(["a b", "c", "d"]);
  });

  it("are none without times or numbers, and hold no item that is not asked for", () => {
    const timeless = logOf([
      ["u", "a", "Purchase", Number.NaN],
      ["u", "b", "Purchase", Number.NaN],
    ]);
    expect(groupBaskets(timeless, timeless.items, orderRule(timeless)).rowCount).toBe(0);
    const other = logOf([["u", "b", "View", 1]]);
    expect(named(groupBaskets(shop, other.items, orderRule(shop)), other)).toEqual(["b"]);
    expect(visitRule(logOf([["u", "a", "Purchase", 1]]))).toBeUndefined();
  });

  it("of a warehouse are left out", () => {
    const log = logOf(Array.from({ length: 501 }, (_, item): Line => ["u", `i${item}`, "Purchase", 1]));
    expect(groupBaskets(log, log.items, orderRule(log)).rowCount).toBe(0);
  });
});
