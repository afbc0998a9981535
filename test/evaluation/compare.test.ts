import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparePaired, UnpairedError } from "../../src/evaluation/compare.ts";

const options = { resamples: 400, seed: 5 };
const pairs = fc.array(
  fc.tuple(fc.float({ min: 0, max: 1, noNaN: true }), fc.float({ min: 0, max: 1, noNaN: true })),
  {
    minLength: 1,
    maxLength: 80,
  },
);

describe("comparePaired", () => {
  it("is antisymmetric, bit for bit", () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const a = Float32Array.from(list, ([x]) => x);
        const b = Float32Array.from(list, ([, y]) => y);
        const there = comparePaired(a, b, options);
        const back = comparePaired(b, a, options);
        expect([there.value + back.value, there.low + back.high, there.high + back.low]).toEqual([0, 0, 0]);
        expect(there.champion).toBe(back.challenger);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("finds no difference between equals, and sees a constant gain exactly", () => {
    const a = Float32Array.from({ length: 40 }, (_, i) => (i % 4) / 4);
    expect(comparePaired(a, a, options)).toMatchObject({
      value: 0,
      low: 0,
      high: 0,
      relative: { low: 0, high: 0 },
    });
    const better = a.map((value) => value + 0.25);
    expect(comparePaired(a, better, options)).toMatchObject({ value: 0.25, low: 0.25, high: 0.25 });
    expect(comparePaired(a, better, options).relative!.low).toBeCloseTo(0.25 / 0.375, 12);
  });

  it("is far narrower than unpaired where users differ more than recommenders do", () => {
    const a = Float32Array.from({ length: 200 }, (_, i) => i / 200);
    const b = a.map((value, i) => value + (i % 2 === 0 ? 0.02 : 0));
    const { low, high } = comparePaired(a, b, options);
    expect(low).toBeGreaterThan(0.007);
    expect(high).toBeLessThan(0.013);
  });

  it("has no relative difference from nothing, and refuses what is not paired", () => {
    expect(comparePaired(Float32Array.of(0, 0), Float32Array.of(1, 0), options).relative).toBeUndefined();
    expect(() => comparePaired(Float32Array.of(1), Float32Array.of(1, 0), options)).toThrow(UnpairedError);
    expect(() => comparePaired(Float32Array.of(), Float32Array.of(), options)).toThrow(/at least one/);
  });
});
