import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  choiceOf,
  chosenItems,
  fitsBand,
  priceBands,
  styleCounts,
  withChoice,
} from "../../web/src/shop/facets.ts";

const item = (itemId: string, price?: number, style?: string) => ({ itemId, price, style });
const lamps = [
  item("a", 20, "retro"),
  item("b", 45, "nordic"),
  item("c", 80, "retro"),
  item("d", 190, "noir"),
  item("e", undefined, "retro"),
  item("f", 60),
];
const everything = { styles: [], band: undefined };

describe("price bands", () => {
  it("have limits that people would name, and hold every price once", () => {
    expect(priceBands(lamps)).toEqual([
      { from: 0, to: 50 },
      { from: 50, to: 100 },
      { from: 100, to: Number.POSITIVE_INFINITY },
    ]);
    const price = fc.double({ min: 0, max: 5000, noNaN: true });
    fc.assert(
      fc.property(fc.array(price, { maxLength: 60 }), (prices) => {
        const items = prices.map((each, at) => item(String(at), each));
        const bands = priceBands(items);
        expect(bands.length).toBeLessThanOrEqual(4);
        for (const each of items) expect(bands.filter((band) => fitsBand(each, band))).toHaveLength(1);
      }),
    );
  });

  it("are one where all cost the same, and none where nothing has a price", () => {
    expect(priceBands([item("a", 5), item("b", 5)])).toHaveLength(1);
    expect(priceBands([item("a")])).toEqual([]);
  });
});

describe("a choice", () => {
  it("leaves what fits one of the styles and the price, in its order", () => {
    const ids = (choice: Parameters<typeof chosenItems>[1]) =>
      chosenItems(lamps, choice).map(({ itemId }) => itemId);
    expect(ids(everything)).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(ids({ styles: ["retro", "noir"], band: undefined })).toEqual(["a", "c", "d", "e"]);
    expect(ids({ styles: ["retro"], band: { from: 50, to: 100 } })).toEqual(["c"]);
    expect(ids({ styles: ["noir"], band: { from: 0, to: 50 } })).toEqual([]);
  });

  it("tells how much each style would leave, also when that is nothing", () => {
    expect(styleCounts(lamps, everything)).toEqual(
      [
        { style: "retro", count: 3 },
        { style: "nordic", count: 1 },
        { style: "noir", count: 1 },
      ].sort((a, b) => b.count - a.count || (a.style < b.style ? -1 : 1)),
    );
    expect(styleCounts(lamps, { styles: ["gone"], band: { from: 50, to: 100 } })).toContainEqual({
      ...{ style: "gone", count: 0 },
    });
  });

  it("goes into the address and comes back, beside what else is there", () => {
    const choice = { styles: ["retro", "a & b"], band: { from: 100, to: Number.POSITIVE_INFINITY } };
    const search = withChoice(new URLSearchParams("shopper=42&style=old"), choice);
    expect(search.get("shopper")).toBe("42");
    expect(choiceOf(search)).toEqual(choice);
    expect(withChoice(search, everything).toString()).toBe("shopper=42");
    expect(choiceOf(new URLSearchParams("price=cheap")).band).toBeUndefined();
  });
});
