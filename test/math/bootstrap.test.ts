import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootstrapMeans, MeanResampler, middle95, rowDrawer } from "../../src/math/bootstrap.ts";
import { Random } from "../../src/math/random.ts";

const options = { resamples: 400, seed: 7 };
const column = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });

/** The same estimator with neither packing nor sharing: what the efficient one must equal. */
function plainMeans(values: Float32Array, { resamples, seed }: typeof options): number[] {
  const draw = rowDrawer(values.length, seed);
  return Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[draw()];
    return sum / values.length;
  });
}

describe("bootstrapMeans", () => {
  it("is the plain percentile bootstrap where every row is non-zero", () => {
    const random = new Random(3);
    const values = Float32Array.from({ length: 80 }, () => 0.1 + random.next());
    const [got] = bootstrapMeans([values], new Uint8Array(80), 1, options).all;
    const plain = middle95(Float64Array.from(plainMeans(values, options)));
    expect(got.low).toBeCloseTo(plain.low, 12);
    expect(got.high).toBeCloseTo(plain.high, 12);
  });

  it("holds the mean between its ends, within the values", () => {
    fc.assert(
      fc.property(column, (list) => {
        const [{ value, low, high }] = bootstrapMeans(
          [Float32Array.from(list)],
          new Uint8Array(list.length),
          1,
          options,
        ).all;
        expect(value).toBeCloseTo(list.reduce((sum, x) => sum + x, 0) / list.length, 6);
        expect(low).toBeGreaterThanOrEqual(Math.min(...list) - 1e-12);
        expect(high).toBeLessThanOrEqual(Math.max(...list) + 1e-12);
        expect(low).toBeLessThanOrEqual(high);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("covers the true mean about 95 times in 100", () => {
    const random = new Random(11);
    let covered = 0;
    for (let trial = 0; trial < 300; trial++) {
      const values = Float32Array.from({ length: 120 }, () => (random.next() < 0.3 ? 1 : 0));
      const [{ low, high }] = bootstrapMeans([values], new Uint8Array(120), 1, {
        resamples: 300,
        seed: trial,
      }).all;
      if (low <= 0.3 && 0.3 <= high) covered++;
    }
    expect(covered).toBeGreaterThan(270);
    expect(covered).toBeLessThan(298);
  });

  it("negates exactly, scales, and gives equal columns equal intervals", () => {
    fc.assert(
      fc.property(column, (list) => {
        const values = Float32Array.from(list);
        const columns = [values, values.map((x) => -x), values.map((x) => 2 * x), values];
        const [one, negated, doubled, again] = bootstrapMeans(
          columns,
          new Uint8Array(list.length),
          1,
          options,
        ).all;
        expect(negated.low + one.high).toBe(0);
        expect(negated.high + one.low).toBe(0);
        expect(doubled.low).toBeCloseTo(2 * one.low, 12);
        expect(again).toEqual(one);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("splits by group: a constant group has no spread, an empty one no figures, and the parts make the whole", () => {
    const values = Float32Array.of(1, 1, 1, 0, 0.5, 0);
    const { all, groups } = bootstrapMeans([values], Uint8Array.of(0, 0, 0, 2, 2, 2), 3, options);
    expect(groups[0]).toEqual([{ value: 1, low: 1, high: 1 }]);
    expect(groups[1]).toBeUndefined();
    expect(groups[2]![0].value).toBeCloseTo(1 / 6, 12);
    expect(all[0].value).toBeCloseTo(3.5 / 6, 12);
  });

  it("is the same for the same seed and another for another", () => {
    const values = Float32Array.from({ length: 50 }, (_, i) => i / 50);
    const run = (seed: number) =>
      bootstrapMeans([values], new Uint8Array(50), 1, { resamples: 200, seed }).all;
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });
});

describe("rowDrawer", () => {
  it("draws every row about equally often", () => {
    const draw = rowDrawer(7, 5);
    const times = new Uint32Array(7);
    for (let i = 0; i < 70_000; i++) times[draw()]++;
    for (const count of times) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });
});

describe("middle95", () => {
  it("cuts off a fortieth at each end and leaves NaN out", () => {
    const estimates = Float64Array.from({ length: 205 }, (_, i) => (i < 200 ? 199 - i : Number.NaN));
    expect(middle95(estimates)).toEqual({ low: 5, high: 194 });
    expect(middle95(new Float64Array(0))).toEqual({ low: Number.NaN, high: Number.NaN });
  });
});

describe("MeanResampler", () => {
  it("is the plain percentile bootstrap, of every column that it is asked for", () => {
    const random = new Random(5);
    for (const rowCount of [1, 80, 400]) {
      const resampler = new MeanResampler(rowCount, options);
      for (let round = 0; round < 3; round++) {
        const values = Float32Array.from({ length: rowCount }, () => Math.max(0, random.next() - 0.5));
        const plain = middle95(Float64Array.from(plainMeans(values, options)));
        const { low, high } = resampler.ends(values);
        expect(low).toBeCloseTo(plain.low, 12);
        expect(high).toBeCloseTo(plain.high, 12);
      }
    }
  });
});
