import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { profileOf } from "../../src/interactions/profile.ts";
import { logOf } from "../evaluation/shops.ts";
import { makeLog } from "./made-log.ts";

describe("the profile of events", () => {
  it("counts what is there, by type and by day", () => {
    const log = logOf([
      ["ann", "tea", "view", 0.5],
      ["ann", "tea", "purchase", 0.6],
      ["ben", "tea", "view", 2.1],
      ["ben", "milk", "view", 2.2],
    ]);
    expect(profileOf(log)).toEqual({
      ...{ userCount: 2, itemCount: 2, pairCount: 3, repeatShare: 0.25, types: { view: 3, purchase: 1 } },
      eventsByDay: [
        { day: "1970-01-01", count: 2 },
        { day: "1970-01-03", count: 2 },
      ],
      longTail: [
        { items: 0.5, events: 0.75 },
        { items: 1, events: 1 },
      ],
    });
  });

  it("has no days where there are no times, and none of a time that no date is written for", () => {
    const [first] = [{ user: "ann", item: "tea", type: "view", time: Number.NaN }];
    expect(profileOf(makeLog([first]))).not.toHaveProperty("eventsByDay");
    expect(profileOf(makeLog([{ ...first, time: 1e15 }])).eventsByDay).toEqual([]);
  });

  it("draws the long tail with at most 200 points that rise to all of it", () => {
    const items = fc.array(fc.nat(1000), { minLength: 1, maxLength: 2000 });
    fc.assert(
      fc.property(items, (picked) => {
        const { longTail } = profileOf(
          logOf(picked.map((item) => ["ann", `item ${item}`, "view", 1] as const)),
        );
        expect(longTail.length).toBe(Math.min(200, new Set(picked).size));
        expect(longTail.at(-1)).toEqual({ items: 1, events: 1 });
        longTail.forEach(({ items: share, events }, at) => {
          // The most popular part has at least its share, and more of the items never less of the events.
          expect(events).toBeGreaterThanOrEqual(share - 1e-9);
          expect(share).toBeGreaterThan(longTail[at - 1]?.items ?? 0);
        });
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});
