import { describe, expect, it, test } from "vitest";
import { type EventLog, EventLogBuilder } from "../../src/interactions/event-log.ts";
import { allocateModel } from "../../src/model/buffer.ts";
import { companionRows, similarRows } from "../../src/model/companion-rows.ts";
import { companionWidth, findItemTables } from "../../src/model/item-tables.ts";
import { layOutModel } from "../../src/model/layout.ts";
import { openModel } from "../../src/model/model.ts";
import { findWindowTrends, timeResolution } from "../../src/model/trends.ts";
import { modelOf, smallContents, smallLog } from "./small-shop.ts";

/** The small shop's events, three to a visit. */
function visitingLog(): EventLog {
  const log = smallLog();
  const time = log.time.map((_, row) => log.time[row - (row % 3)]);
  const user = log.user.map((_, row) => log.user[row - (row % 3)]);
  return { ...log, time, user };
}

const log = visitingLog();
const contents = await smallContents({ log });
const itemTables = findItemTables(log, contents.interactions, "shared-visits");
const model = modelOf({ ...contents, itemTables, similarity: "shared-visits" });

function load(bytes: Uint8Array) {
  const buffer = allocateModel(bytes.length);
  buffer.fileBytes.set(bytes);
  return openModel(buffer, "shop.safetensors");
}

describe("item tables", () => {
  it("come back from the file as they were, the same bytes each time", () => {
    const bytes = layOutModel({ ...contents, itemTables, similarity: "shared-visits" }).fileBytes;
    expect(layOutModel({ ...contents, itemTables, similarity: "shared-visits" }).fileBytes).toEqual(bytes);
    const { companions, windows, firstSeen, timeResolution: resolution } = load(bytes.slice()).itemTables;
    expect(Object.keys(companions)).toEqual(["together", "viewed", "shared"]);
    for (const kind of ["together", "viewed", "shared"] as const) {
      expect(companions[kind]).toEqual(itemTables.companions[kind]);
    }
    expect(windows).toEqual(itemTables.windows);
    expect([firstSeen, resolution]).toEqual([itemTables.firstSeen, itemTables.timeResolution]);
  });

  it("may be missing: nothing goes together then", () => {
    const bare = modelOf(contents);
    expect(companionRows(bare, "together", { itemRow: 0, k: 5 }).rows.length).toBe(0);
    expect(bare.itemTables.windows).toBeUndefined();
    expect(bare.similarity).toBe("cosine");
  });

  it("are read of a file of version 2, which has none", () => {
    const { fileBytes } = layOutModel(contents);
    const place = Buffer.from(fileBytes).indexOf('\\"formatVersion\\":3');
    const old = fileBytes.slice();
    old[place + '\\"formatVersion\\":'.length] = "2".charCodeAt(0);
    expect(load(old).itemTables.companions).toEqual({});
  });

  it("keep fewer companions of each item where there are many items", () => {
    expect([companionWidth(0), companionWidth(200_000), companionWidth(1_000_000)]).toEqual([25, 25, 5]);
  });
});

describe("similar items", () => {
  test("by fold-in are those of a history of that item alone", () => {
    for (const popularityExponent of [0, 0.3]) {
      const folded = modelOf({ ...contents, similarity: "fold-in", popularityExponent });
      const type = Object.keys(folded.header.confidence.weights)[0];
      for (const itemRow of [0, 7, 20]) {
        const whole = folded.foldIn(folded.withRecent(undefined, [{ itemRow, eventType: type }]))!;
        const hidden = new Uint8Array(folded.itemCount);
        hidden[itemRow] = 1;
        const expected = folded.topK(whole.vector, 10, hidden);
        const { rows, scores } = folded.neighbours(itemRow, 10);
        expect([...rows]).toEqual([...expected.rows].slice(0, rows.length));
        const ratio = scores[0] / expected.scores[0];
        scores.forEach((score, at) => {
          expect(score / expected.scores[at]).toBeCloseTo(ratio, 4);
        });
      }
    }
  });

  test("found anew are those of the table", () => {
    const folded = modelOf({ ...contents, similarity: "fold-in" });
    const bare = modelOf({ ...contents, similarity: "fold-in", neighbourCount: 0 });
    for (let item = 0; item < folded.itemCount; item++) {
      expect(folded.neighbours(item, 5).rows).toEqual(bare.neighbours(item, 5).rows);
    }
  });

  test("by shared visits come first, and are filled up by fold-in, none twice", () => {
    const hidden = new Uint8Array(model.itemCount);
    hidden[0] = 1;
    const shared = companionRows(model, "shared", { itemRow: 0, k: 30, hidden });
    const { rows, scores, support } = similarRows(model, 0, { k: 30, hidden });
    expect(shared.rows.length).toBeGreaterThan(0);
    expect([...rows.subarray(0, shared.rows.length)]).toEqual([...shared.rows]);
    expect(new Set(rows).size).toBe(rows.length);
    expect([...rows]).not.toContain(0);
    expect([...scores].map(Number.isNaN)).toEqual([...support].map((visits) => visits === 0));
    expect(rows.length).toBeGreaterThan(shared.rows.length);
  });
});

describe("trends of windows", () => {
  const day = 86_400;
  const at = (hoursAgo: number) => 100 * day - hoursAgo * 3600;

  function shop(lines: readonly (readonly [user: string, item: string, hoursAgo: number])[]) {
    const built = new EventLogBuilder();
    for (const [userId, itemId, hoursAgo] of lines) {
      built.add({ userId, itemId, eventType: "View", time: at(hoursAgo), value: 0 });
    }
    return built.build();
  }

  test("tell what grows in an hour from what grew in a day", () => {
    const users = Array.from({ length: 20 }, (_, number) => `u${number}`);
    const events = shop([
      ...users.map((user) => [user, "steady", 0.2] as const),
      ...users.flatMap((user) =>
        [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5].map((ago) => [user, "steady", ago] as const),
      ),
      ...users.map((user) => [user, "now", 0.1] as const),
      ...users.map((user) => [user, "today", 12] as const),
    ]);
    const windows = findWindowTrends(events, events.items, at(0));
    const named = (window: "1h" | "1d") => [...windows[window].rows].map((row) => events.items.id(row));
    expect(named("1h")[0]).toBe("now");
    expect(named("1h")).not.toContain("today");
    expect(named("1d")).toContain("today");
  });

  test("count a user once, however often", () => {
    const events = shop([
      ...Array.from({ length: 50 }, () => ["bot", "pushed", 0.1] as const),
      ...["a", "b", "c"].map((user) => [user, "liked", 0.1] as const),
    ]);
    const { rows } = findWindowTrends(events, events.items, at(0))["30m"];
    expect([...rows].map((row) => events.items.id(row))).toEqual(["liked", "pushed"]);
  });

  test("know how coarse times are", () => {
    expect(timeResolution(shop([["u", "a", 24]]))).toBe(day);
    expect(timeResolution(shop([["u", "a", 1]]))).toBe(3600);
    expect(timeResolution(shop([["u", "a", 0.5]]))).toBe(60);
    expect(timeResolution(smallLog({ timed: false }))).toBe(0);
  });
});
