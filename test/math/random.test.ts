import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/math/random.ts";

describe("Random", () => {
  it("gives known numbers for a seed, on every machine", () => {
    const random = new Random(42);
    expect([random.uint32(), random.uint32(), random.uint32()]).toMatchInlineSnapshot(`
      [
        2837322924,
        544945897,
        479756282,
      ]
    `);
  });

  it("keeps to its bounds and reaches every value", () => {
    const random = new Random("bounds");
    const seen = new Uint32Array(7);
    for (let i = 0; i < 7000; i++) seen[random.integer(7)]++;
    for (const count of seen) expect(count).toBeGreaterThan(850);
    for (let i = 0; i < 1000; i++) {
      const drawn = random.next();
      expect(drawn).toBeGreaterThanOrEqual(0);
      expect(drawn).toBeLessThan(1);
    }
    expect(() => random.integer(0)).toThrow(RangeError);
  });

  it("shuffles to a permutation", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (list, seed) => {
        expect(new Random(seed).shuffle([...list]).sort()).toEqual([...list].sort());
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("forks sources that differ by label", () => {
    expect(new Random(1).fork("a").uint32()).not.toBe(new Random(1).fork("b").uint32());
    expect(new Random(1).fork("a").uint32()).toBe(new Random(1).fork("a").uint32());
  });
});
