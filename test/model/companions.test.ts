import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/math/random.ts";
import type { SparseRows } from "../../src/math/sparse.ts";
import {
  basketCosine,
  chanceThreshold,
  findCompanions,
  logLikelihoodRatio,
  type PairCounts,
  shrunkenLift,
} from "../../src/model/companions.ts";

function rowsOf(baskets: readonly number[][], columnCount: number): SparseRows {
  const starts = new Uint32Array(baskets.length + 1);
  baskets.forEach((basket, at) => {
    starts[at + 1] = starts[at] + basket.length;
  });
  const columns = Uint32Array.from(baskets.flat());
  return {
    rowCount: baskets.length,
    columnCount,
    starts,
    columns,
    values: new Float32Array(columns.length).fill(1),
  };
}

const plain = { score: basketCosine, supportMin: 1, width: 100 };

describe("the log-likelihood ratio", () => {
  it("is Dunning's, worked by hand", () => {
    // 10 baskets with both, 20 with the item, 30 with the other, of 100: expected 6, 14, 24, 56.
    const counts = { both: 10, item: 20, other: 30, baskets: 100 };
    const byHand =
      2 * (10 * Math.log(10 / 6) + 10 * Math.log(10 / 14) + 20 * Math.log(20 / 24) + 60 * Math.log(60 / 56));
    expect(logLikelihoodRatio(counts)).toBeCloseTo(byHand, 10);
  });

  it("is 0 where chance says just what was seen, and never below", () => {
    expect(logLikelihoodRatio({ both: 6, item: 20, other: 30, baskets: 100 })).toBeCloseTo(0, 10);
    const counts = fc
      .tuple(fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(50))
      .filter(([both, one, two]) => both + one > 0 && both + two > 0)
      .map(
        ([both, one, two, none]): PairCounts => ({
          both,
          item: both + one,
          other: both + two,
          baskets: both + one + two + none,
        }),
      );
    fc.assert(fc.property(counts, (pair) => logLikelihoodRatio(pair) >= -1e-9));
  });

  it("has a threshold that is the quantile of a normal, squared: 1 − .01 ÷ 10 lies at 3.0902", () => {
    expect(Math.sqrt(chanceThreshold(10, 0.01))).toBeCloseTo(3.0902, 1);
    expect(Math.sqrt(chanceThreshold(100_000, 0.01))).toBeCloseTo(5.1993, 1);
  });
});

describe("companions", () => {
  it("are every pair of a basket counted naively", () => {
    const shops = fc.array(fc.uniqueArray(fc.nat(7), { maxLength: 6 }), { maxLength: 30 });
    fc.assert(
      fc.property(shops, (baskets) => {
        const { starts, rows, scores, support } = findCompanions(
          rowsOf(
            baskets.map((basket) => basket.toSorted()),
            8,
          ),
          plain,
        );
        for (let item = 0; item < 8; item++) {
          const own = [...rows.subarray(starts[item], starts[item + 1])];
          const together = (other: number) =>
            baskets.filter((b) => b.includes(item) && b.includes(other)).length;
          const others = [0, 1, 2, 3, 4, 5, 6, 7].filter((other) => other !== item && together(other) > 0);
          expect(own.toSorted()).toEqual(others);
          own.forEach((other, at) => {
            expect(support[starts[item] + at]).toBe(together(other));
            if (at > 0) expect(scores[starts[item] + at]).toBeLessThanOrEqual(scores[starts[item] + at - 1]);
          });
        }
      }),
    );
  });

  it("are none where baskets are filled by chance, and found where two items go together", () => {
    const random = new Random(11);
    const baskets = Array.from({ length: 4000 }, (_, at) => {
      const drawn = new Set(Array.from({ length: 5 }, () => Math.floor(60 * random.next() ** 2)));
      // One basket in fifty holds both 57 and 58.
      if (at % 50 === 0) drawn.add(57).add(58);
      return [...drawn].sort((a, b) => a - b);
    });
    const significant = { score: shrunkenLift, supportMin: 3, falsePerItem: 0.01, width: 10 };
    const { starts, rows } = findCompanions(rowsOf(baskets, 60), significant);
    expect([...rows.subarray(starts[57], starts[58])]).toEqual([58]);
    expect([...rows.subarray(starts[58], starts[59])]).toEqual([57]);
    expect(rows.length).toBe(2);
  });

  it("are none of large orders dealt by chance among small ones", () => {
    const random = new Random(12);
    const baskets = Array.from({ length: 2000 }, (_, at) => {
      const size = at % 50 === 0 ? 60 : 3;
      const drawn = new Set(Array.from({ length: size }, () => random.integer(400)));
      return [...drawn].sort((a, b) => a - b);
    });
    const significant = { score: shrunkenLift, supportMin: 3, falsePerItem: 0.01, width: 10 };
    const { rows } = findCompanions(rowsOf(baskets, 400), significant);
    expect(rows.length).toBeLessThan(20);
  });

  it("need their support, and a pair of rare items does not go first for being rare", () => {
    const twice = findCompanions(rowsOf([[0, 1], [0, 1], [2], [3]], 4), { ...plain, supportMin: 3 });
    expect(twice.rows.length).toBe(0);
    const often = { both: 100, item: 200, other: 200, baskets: 10_000 };
    const rare = { both: 3, item: 3, other: 3, baskets: 10_000 };
    expect(shrunkenLift(often)).toBeGreaterThan(shrunkenLift(rare));
    expect((rare.both * rare.baskets) / rare.item / rare.other).toBeGreaterThan(
      (often.both * often.baskets) / often.item / often.other,
    );
  });
});
