import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candidate, distinctRows, rowLengthMin } from "../../web/src/shop/distinct.ts";

type Item = { itemId: string };
const rowOf = (key: string, ids: string, countMax = 12): Candidate<Item> => ({
  key,
  items: [...ids].map((itemId) => ({ itemId })),
  countMax,
});
const shown = (rows: readonly Candidate<Item>[], taken = "") =>
  Array.from(distinctRows(rows, taken), ([key, items]) => [key, items.map(({ itemId }) => itemId).join("")]);

describe("the rows of a page", () => {
  it("give an item to the first row that wants it", () => {
    expect(shown([rowOf("one", "abcde"), rowOf("two", "edcbafghi")])).toEqual([
      ["one", "abcde"],
      ["two", "fghi"],
    ]);
  });

  it("are not shown with fewer than four, and leave their items to those after them", () => {
    expect(shown([rowOf("few", "abc"), rowOf("more", "abcd")])).toEqual([["more", "abcd"]]);
  });

  it("leave out what the page shows elsewhere", () => {
    expect(shown([rowOf("one", "abcdef")], "bd")).toEqual([["one", "acef"]]);
  });

  it("hold, whatever the rows: nothing twice, none too short or too long, the best first", () => {
    const id = fc.constantFrom(..."abcdefghijklmnop");
    const row = fc.record({
      ids: fc.array(id, { maxLength: 20 }),
      countMax: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), fc.array(id, { maxLength: 4 }), (rows, taken) => {
        const candidates = rows.map(({ ids, countMax }, at) => rowOf(String(at), ids.join(""), countMax));
        const chosen = distinctRows(candidates, taken);
        const all = [...chosen.values()].flat().map(({ itemId }) => itemId);
        expect(new Set(all).size).toBe(all.length);
        expect(all.filter((itemId) => taken.includes(itemId))).toEqual([]);
        for (const [key, items] of chosen) {
          const { ids, countMax } = rows[Number(key)];
          expect(items.length).toBeGreaterThanOrEqual(rowLengthMin);
          expect(items.length).toBeLessThanOrEqual(countMax);
          const places = items.map(({ itemId }) => ids.indexOf(itemId));
          expect(places).toEqual(places.toSorted((a, b) => a - b));
        }
      }),
    );
  });
});
