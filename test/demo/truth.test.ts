import { beforeAll, describe, expect, it } from "vitest";
import { categories, productTypes } from "../../src/demo/departments.ts";
import { type DemoShop, endTime, makeDemoShop, purchaseProbabilities } from "../../src/demo/shop.ts";
import { favouriteCount } from "../../src/demo/truth.ts";
import { packTruth, TruthFileError, unpackTruth } from "../../src/demo/truth-file.ts";

let shop: DemoShop;
beforeAll(() => {
  shop = makeDemoShop();
});

interface Line {
  readonly shopper: number;
  readonly item: number;
  /** epoch seconds of the order's first trace, shortly after its wishes were drawn */
  readonly time: number;
}

/** Every 12th order's lines, timed by the payment. */
function sampleLines(): Line[] {
  const { basket, user, item, time } = shop.events;
  const lines: Line[] = [];
  basket?.forEach((number, row) => {
    if (number % 12 === 1) lines.push({ shopper: user[row], item: item[row], time: time[row] });
  });
  return lines;
}

/** |observed − expected| in standard deviations of a count of independent draws. */
function deviations(observed: number, expected: number, variance: number): number {
  return Math.abs(observed - expected) / Math.sqrt(variance);
}

describe("the true probabilities", () => {
  it("sum to 1 for anybody at any time", () => {
    const into = new Float64Array(shop.items.length);
    for (let shopper = 0; shopper < 10_000; shopper += 97) {
      for (const day of [-3, 0, 31.5, 89.99, 95]) {
        purchaseProbabilities(shop.truth, shopper, shop.truth.startTime + day * 86_400, into);
        expect(into.every((p) => p >= 0)).toBe(true);
        expect(into.reduce((sum, p) => sum + p)).toBeCloseTo(1, 10);
      }
    }
  });

  it("give nothing to what is not yet on sale, and less to what lasts and is owned", () => {
    const into = new Float64Array(shop.items.length);
    const at = shop.truth.startTime + 20 * 86_400;
    purchaseProbabilities(shop.truth, 3, at, into);
    shop.items.forEach((item, row) => {
      if ((item.createdAt ?? 0) > at) expect(into[row]).toBe(0);
    });
    const k = shop.truth.purchaseItems.findIndex(
      (item) => productTypes[shop.truth.itemType[item]].cycle === undefined,
    );
    const shopper = shop.truth.purchaseStarts.findIndex((start) => start > k) - 1;
    const bought = shop.truth.startTime + shop.truth.purchaseTimes[k];
    purchaseProbabilities(shop.truth, shopper, bought, into);
    const before = into[shop.truth.purchaseItems[k]];
    purchaseProbabilities(shop.truth, shopper, bought + 1, into);
    expect(into[shop.truth.purchaseItems[k]]).toBeLessThan(before / 2);
  });

  it("agree with what was bought: by category, by favourites, by what was owned, and item by item", () => {
    const into = new Float64Array(shop.items.length);
    const { truth } = shop;
    const tallies = new Map<string, { observed: number; expected: number; variance: number }>();
    const tally = (name: string, observed: number, p: number, variance = p * (1 - p)) => {
      const sums = tallies.get(name) ?? { observed: 0, expected: 0, variance: 0 };
      tallies.set(name, {
        observed: sums.observed + observed,
        expected: sums.expected + p,
        variance: sums.variance + variance,
      });
    };
    for (const { shopper, item, time } of sampleLines()) {
      purchaseProbabilities(truth, shopper, time, into);
      const byCategory = new Float64Array(categories.length);
      let squares = 0;
      let cubes = 0;
      into.forEach((p, row) => {
        byCategory[categories.indexOf(productTypes[truth.itemType[row]].category)] += p;
        squares += p * p;
        cubes += p * p * p;
      });
      const category = categories.indexOf(productTypes[truth.itemType[item]].category);
      byCategory.forEach((p, c) => {
        tally(categories[c], c === category ? 1 : 0, p);
      });
      const favourites = truth.favourites.subarray(shopper * favouriteCount, (shopper + 1) * favouriteCount);
      const favourite = favourites.reduce((sum, row) => sum + into[row], 0);
      tally("favourites", favourites.includes(item) ? 1 : 0, favourite);
      // The mean probability of what is drawn is the sum of squares: a law that each item's share takes part in.
      tally("items", into[item], squares, cubes - squares * squares);
    }
    expect(tallies.size).toBe(categories.length + 2);
    for (const [name, { observed, expected, variance }] of tallies) {
      expect(`${name} ${deviations(observed, expected, variance) < 4}`).toBe(`${name} true`);
    }
  });

  it("are told fast enough to rank for thousands of shoppers", () => {
    const into = new Float64Array(shop.items.length);
    purchaseProbabilities(shop.truth, 0, endTime, into);
    const began = performance.now();
    for (let shopper = 0; shopper < 1000; shopper++)
      purchaseProbabilities(shop.truth, shopper, endTime, into);
    // 0.05 ms each on an idle machine; the bound leaves room for a busy one.
    expect((performance.now() - began) / 1000).toBeLessThan(1);
  });

  it("survive being written and read", () => {
    const text = packTruth(shop.truth);
    expect(text.length).toBeLessThan(1_500_000);
    expect(unpackTruth(text, "truth.json")).toEqual(shop.truth);
  });

  it("name the file that does not hold them", () => {
    expect(() => unpackTruth("{", "a/truth.json")).toThrow(TruthFileError);
    expect(() => unpackTruth("{}", "a/truth.json")).toThrow(/a\/truth\.json: version is undefined, not 1/);
    const text = packTruth(shop.truth).replace(/"offers":"..../, '"offers":"');
    expect(() => unpackTruth(text.replace(/"knots":"[^"]*"/, '"knots":5'), "t")).toThrow(
      /t: knots is damaged/,
    );
  });
});
