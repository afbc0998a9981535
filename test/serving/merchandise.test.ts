import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compose, slotsOf } from "../../src/serving/merchandise.ts";
import type { AnswerItem } from "../../src/serving/query.ts";

const rowOf =
  (source: AnswerItem["source"]) =>
  (number: number): AnswerItem => ({ itemId: `item ${number}`, rank: 0, source });
const listOf = (source: AnswerItem["source"]) =>
  fc.uniqueArray(fc.nat(30), { maxLength: 20 }).map((list) => list.map(rowOf(source)));

describe("what is composed", () => {
  const question = fc.record({
    organic: listOf("als"),
    promoted: fc.array(fc.record({ slots: fc.integer({ min: 1, max: 6 }), items: listOf("promoted") }), {
      maxLength: 2,
    }),
    pins: fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(30)), {
      maxLength: 3,
      selector: ([, item]) => item,
    }),
    count: fc.integer({ min: 1, max: 12 }),
    seed: fc.string(),
  });

  it("holds each item once, as many as there are, each list in its order and pins at their places", () => {
    fc.assert(
      fc.property(question, ({ organic, promoted, pins, count, seed }) => {
        const pinned = new Map(pins.map(([position, item]) => [position, rowOf("pinned")(item)] as const));
        const rows = compose(organic, { promoted, pinned }, { count, seed });
        const ids = rows.map(({ itemId }) => itemId);
        expect(new Set(ids).size).toBe(ids.length);
        expect(rows.map(({ rank }) => rank)).toEqual(ids.map((_, at) => at + 1));
        const inPlace = [...pinned].filter(([position]) => position <= rows.length);
        for (const [position, { itemId }] of inPlace)
          expect(rows[position - 1]).toMatchObject({ itemId, source: "pinned" });
        const orderOf = (list: readonly AnswerItem[], source: string) => {
          const found = rows.filter((row) => row.source === source).map(({ itemId }) => itemId);
          expect(found).toEqual(list.map(({ itemId }) => itemId).filter((id) => found.includes(id)));
        };
        orderOf(organic, "als");
        if (promoted.length === 1) {
          orderOf(promoted[0].items, "promoted");
          expect(rows.filter(({ source }) => source === "promoted").length).toBeLessThanOrEqual(
            promoted[0].slots,
          );
        }
        const pinsShown = [...pinned.keys()].filter((position) => position <= count).length;
        const most = new Set(
          [...organic, ...[...pinned].filter(([position]) => position <= count).map(([, item]) => item)].map(
            ({ itemId }) => itemId,
          ),
        ).size;
        expect(rows.length).toBeGreaterThanOrEqual(Math.min(count, most));
        expect(rows.length).toBeLessThanOrEqual(count);
        expect(rows.filter(({ source }) => source === "pinned").length).toBe(pinsShown);
        expect(compose(organic, { promoted, pinned }, { count, seed })).toEqual(rows);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("draws other places from another seed", () => {
    const organic = Array.from({ length: 20 }, (_, at) => rowOf("als")(at));
    const promoted = [{ slots: 3, items: [101, 102, 103].map(rowOf("promoted")) }];
    const placesOf = (seed: string) =>
      compose(organic, { promoted, pinned: new Map() }, { count: 20, seed }).flatMap(({ source }, at) =>
        source === "promoted" ? [at] : [],
      );
    const drawn = ["a", "b", "c", "d"].map(placesOf);
    expect(new Set(drawn.map(String)).size).toBeGreaterThan(1);
    for (const places of drawn) expect(places.length).toBe(3);
  });

  it("gives a share to the nearest whole row, and at least one", () => {
    expect([slotsOf(20, 10), slotsOf(1, 10), slotsOf(25, 10), slotsOf(100, 7)]).toEqual([2, 1, 3, 7]);
  });
});
