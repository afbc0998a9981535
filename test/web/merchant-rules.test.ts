import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFilter } from "../../src/ranking/filter/parse.ts";
import { type Condition, readFilter, signs, writeFilter } from "../../web/src/merchant/filter-text.ts";
import { type Draft, freeName, isSame, pinAt, unpin } from "../../web/src/merchant/rules-draft.ts";

const fields = ["category", "price", "Fabric type", "sub-line"];
const field = fc.constantFrom(...fields);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant("text" as const), field, isIn: fc.boolean() },
    values: fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    ...{ kind: fc.constant("number" as const), field, sign: fc.constantFrom(...signs) },
    value: fc.integer({ min: -9999, max: 9999 }).map((cents) => cents / 100),
  }),
);

describe("a filter in a form", () => {
  it("comes back as it was written, and the server's parser reads it", () => {
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 4 }), (conditions) => {
        const text = writeFilter(conditions);
        expect(readFilter(text, fields)).toEqual(conditions);
        expect(() => parseFilter(text)).not.toThrow();
      }),
      { seed: 3 },
    );
  });

  it.each([
    "EXCLUDE ItemID WHERE Items.PRICE <= 3",
    "INCLUDE ItemID WHERE Items.PRICE <= 3 OR Items.PRICE >= 9",
    "INCLUDE ItemID WHERE Items.PRICE <= $PRICE",
    "INCLUDE ItemID WHERE Items.UNKNOWN <= 3",
    "INCLUDE ItemID WHERE Items.PRICE <= 3 AND ",
    'INCLUDE ItemID WHERE Items.CATEGORY IN ("a") IF CurrentUser.AGE < 3',
    "INCLUDE ItemID WHERE ",
    "",
  ])("is left as text where a form cannot show it: %s", (text) => {
    expect(readFilter(text, fields)).toBeUndefined();
  });
});

const item = fc.integer({ min: 0, max: 8 }).map((number) => `item ${number}`);
const position = fc.integer({ min: 1, max: 6 });
const nothing: Draft = { filters: {}, promotions: [], pins: [], boosts: [] };

describe("pins", () => {
  it("stand where they are put, one at a place, and none is lost to another", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(item, position), { minLength: 1, maxLength: 20 }), (moves) => {
        let draft = nothing;
        for (const [itemId, at] of moves) {
          const before = new Set(draft.pins.map((pin) => pin.itemId));
          draft = pinAt(draft, itemId, at);
          expect(draft.pins.find((pin) => pin.itemId === itemId)?.position).toBe(at);
          expect(new Set(draft.pins.map((pin) => pin.itemId))).toEqual(before.add(itemId));
          const positions = draft.pins.map((pin) => pin.position);
          expect(new Set(positions).size).toBe(positions.length);
          expect(positions).toEqual(positions.toSorted((a, b) => a - b));
        }
        const [[itemId]] = moves;
        expect(unpin(draft, itemId).pins.some((pin) => pin.itemId === itemId)).toBe(false);
      }),
      { seed: 3 },
    );
  });

  it("keep their dates when they move", () => {
    const until = "2026-12-24T00:00:00Z";
    const draft = { ...nothing, pins: [{ itemId: "a", position: 3, until }] };
    expect(pinAt(draft, "a", 1).pins).toEqual([{ itemId: "a", position: 1, until }]);
  });
});

describe("a draft", () => {
  it("is the same whatever the order of its keys, and another one by the order of its rules", () => {
    const one = { name: "a", by: 1, filter: "x", from: undefined };
    const two = { filter: "x", by: 1, name: "a" };
    expect(isSame([one], [two])).toBe(true);
    expect(isSame([one, { ...one, name: "b" }], [{ ...one, name: "b" }, one])).toBe(false);
  });

  it("gives each new rule a name of its own", () => {
    expect(freeName("boost", [])).toBe("boost");
    expect(freeName("boost", ["boost", "boost-2"])).toBe("boost-3");
  });
});
