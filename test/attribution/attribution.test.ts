import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { ActivityEvent, Exposure } from "../../src/activity/activity-store.ts";
import { archiveRecords } from "../../src/activity/stream-lines.ts";
import { readArchive } from "../../src/attribution/archive.ts";
import { type AttributionOptions, attribute } from "../../src/attribution/attribution.ts";
import { kindOf } from "../../src/attribution/outcomes.ts";

const hour = 3600;
let eventCount = 0;

function done(eventType: string, itemId: string, more: Partial<ActivityEvent> = {}): ActivityEvent {
  return {
    eventId: String(eventCount++),
    sessionId: "s",
    userId: "u",
    eventType,
    itemId,
    time: 1000,
    ...more,
  };
}

function answered(
  recommendationId: string,
  rows: Record<string, string>,
  more: Partial<Exposure> = {},
): Exposure {
  const shown = Object.entries(rows).map(([itemId, source], at) => ({ itemId, position: at + 1, source }));
  return {
    ...{ recommendationId, userId: "u", time: 900, model: "m1", channel: "production", source: "als" },
    ...{ rows: shown, ...more },
  };
}

function run(events: ActivityEvent[], exposures: Exposure[], more: Partial<AttributionOptions> = {}) {
  async function* read() {
    yield { events, exposures };
  }
  return attribute(read, { windowSeconds: 24 * hour, resamples: 100, seed: 1, ...more });
}

async function counts(
  events: ActivityEvent[],
  exposures: Exposure[],
  more: Partial<AttributionOptions> = {},
) {
  const { groups, ...rest } = await run(events, exposures, more);
  const by = (dimension: string) =>
    Object.fromEntries(
      groups
        .filter((group) => group.by === dimension)
        .map(({ name, shown, clickThrough, purchases, revenuePerThousand }) => [
          name,
          [
            shown,
            Math.round(clickThrough.value * shown),
            purchases,
            (revenuePerThousand.value * shown) / 1000,
          ],
        ]),
    );
  return { ...rest, groups, row: by("row"), model: by("model"), arm: by("arm"), all: by("all").all };
}

describe("attribution", () => {
  it("owes an event to the answer that it names, and to none where that shows no such item", async () => {
    const exposures = [
      answered("r1", { mug: "als", cup: "popular" }),
      answered("r2", { mug: "trending" }, { time: 950, model: "m2" }),
    ];
    const events = [
      done("View", "mug", { recommendationId: "r1" }),
      done("Purchase", "cup", { recommendationId: "r1", value: 12.5 }),
      done("View", "cup", { recommendationId: "r2" }),
      done("View", "mug", { recommendationId: "unknown" }),
    ];
    const { row, model, all, outcomes, owed } = await counts(events, exposures);
    expect(row).toEqual({ als: [1, 1, 0, 0], popular: [1, 0, 1, 12.5], trending: [1, 0, 0, 0] });
    expect(model).toEqual({ m1: [2, 1, 1, 12.5], m2: [1, 0, 0, 0] });
    expect([all, outcomes, owed]).toEqual([[3, 1, 1, 12.5], 4, 2]);
  });

  it("owes one that names none to the last answer with the item, within the window", async () => {
    const exposures = [
      answered("late", { mug: "popular" }, { time: 999 }),
      answered("early", { mug: "als" }, { time: 900 }),
      answered("after", { mug: "trending" }, { time: 1001 }),
      answered("another's", { mug: "similar" }, { userId: "v", time: 999 }),
    ];
    const { row } = await counts([done("View", "mug")], exposures);
    expect(row).toMatchObject({
      als: [1, 0, 0, 0],
      popular: [1, 1, 0, 0],
      trending: [1, 0, 0, 0],
      similar: [1, 0, 0, 0],
    });
    expect(
      (await counts([done("View", "mug", { time: 900 + 2 * hour })], exposures, { windowSeconds: hour }))
        .owed,
    ).toBe(0);
  });

  it("counts a row's clicks once, its purchases each, and what is told twice once", async () => {
    const bought = done("purchase", "mug", { recommendationId: "r1", value: 2 });
    const events = [
      ...[done("View", "mug"), done("click", "mug"), done("hide", "mug")],
      ...[bought, bought, done("purchase", "mug", { recommendationId: "r1", value: 3 })],
    ];
    const exposure = answered("r1", { mug: "als" });
    const { all, answers } = await counts(events, [exposure, exposure]);
    expect([all, answers]).toEqual([[1, 1, 2, 5], 1]);
  });

  it("follows a session to its user", async () => {
    const exposures = [answered("r1", { mug: "popular" }, { userId: undefined, sessionId: "s" })];
    const before = done("View", "mug", { userId: undefined });
    const { all, groups } = await counts(
      [before, { ...before, userId: "u" }, done("cart", "mug")],
      exposures,
    );
    expect(all).toEqual([1, 1, 0, 0]);
    expect(groups[0]).toMatchObject({ users: 1, addToCart: { value: 1 } });
  });

  it("compares arms by all that their users spent since they first saw one", async () => {
    const exposures = ["u1", "u2", "u3"].map((userId, at) =>
      answered(
        `r${at}`,
        { mug: "als" },
        { userId, experiment: "worth", arm: at === 2 ? "holdback" : "personal" },
      ),
    );
    exposures.push(
      answered("r3", { mug: "als" }, { userId: "u1", experiment: "worth", arm: "holdback", time: 990 }),
    );
    const bought = (userId: string, value: number, time = 1000) =>
      done("purchase", "elsewhere", { userId, sessionId: userId, value, time });
    const events = [bought("u1", 10), bought("u1", 100, 800), bought("u3", 6), bought("a stranger", 7)];
    const { groups, switched } = await counts(events, exposures);
    const perUser = groups
      .filter(({ by }) => by === "arm")
      .map(({ name, revenuePerUser }) => [name, revenuePerUser?.value]);
    // u1 saw both arms: it is spent in the first, and shown rows in each.
    expect(perUser).toEqual([
      ["worth/holdback", 6 / 2],
      ["worth/personal", 10 / 2],
    ]);
    expect(switched).toBe(1);
  });

  it("keeps to a period, and counts by where the caller says that events came from", async () => {
    const events = [
      done("View", "mug", { attributionSource: "mail" }),
      done("Purchase", "mug", { attributionSource: "mail", value: 4 }),
      done("View", "mug", { attributionSource: "search", time: 5000 }),
    ];
    const { sources, answers } = await counts(
      events,
      [answered("r1", { mug: "als" }), answered("r2", { mug: "als" }, { time: 10 })],
      { from: 500, until: 2000 },
    );
    expect(answers).toBe(1);
    expect(sources).toEqual([{ name: "mail", click: 1, cart: 0, purchase: 1, revenue: 4 }]);
  });

  it("tells kinds of events by their names", () => {
    expect(["View", "click", "AddToCart", "basket", "Purchase", "dismiss"].map(kindOf)).toEqual([
      ...["click", "click", "cart", "cart", "purchase", undefined],
    ]);
  });
});

describe("an archive", () => {
  const folder = mkdtempSync(join(tmpdir(), "aisle-attribution-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("gives back what the store's stream wrote", async () => {
    const event = done("View", "mug", { recommendationId: "r1", value: 2, attributionSource: "mail" });
    const exposure = answered("r1", { mug: "als" }, { experiment: "e", arm: "a", sessionId: "s" });
    const record = (sk: string, body: object) => ({
      eventName: "INSERT",
      dynamodb: { NewImage: { pk: { S: "user#u" }, sk: { S: sk }, body: { S: JSON.stringify(body) } } },
    });
    const lines = archiveRecords([record("event#1", event), record("exposure#r1", exposure)]);
    writeFileSync(
      join(folder, "a.jsonl.gz"),
      gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join("")),
    );
    const records = await readArchive([folder]).next();
    expect(records.value).toEqual({ events: [event], exposures: [exposure] });
    writeFileSync(join(folder, "b.jsonl"), "nonsense\n");
    await expect(readArchive([join(folder, "b.jsonl")]).next()).rejects.toThrow(/b\.jsonl:1: is not JSON/);
  });
});
