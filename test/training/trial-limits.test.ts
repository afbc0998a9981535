import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coresOf, predictBytes, predictSeconds, refuseTrial } from "../../src/training/trial-limits.ts";
import { withAls } from "./tiny-shop.ts";

const usual = { memoryMegabytes: 3008, timeoutSeconds: 900 };
const shop = { userCount: 10_000, itemCount: 2500, pairCount: 400_000 };

describe("what one invocation can take", () => {
  it("grows with everything that a trial has more of", () => {
    const counts = fc.record({
      userCount: fc.integer({ min: 1, max: 1e6 }),
      itemCount: fc.integer({ min: 1, max: 1e5 }),
      pairCount: fc.integer({ min: 1, max: 1e7 }),
    });
    const factors = fc.integer({ min: 8, max: 256 });
    fc.assert(
      fc.property(counts, factors, (sizes, rank) => {
        const recipe = withAls({ factors: rank });
        const [bytes, seconds] = [predictBytes(sizes, recipe, usual), predictSeconds(sizes, recipe, usual)];
        const { userCount, itemCount, pairCount } = sizes;
        for (const more of [
          { ...sizes, pairCount: pairCount * 2 },
          { userCount: userCount * 2, itemCount: itemCount * 2, pairCount: pairCount * 2 },
        ]) {
          expect(predictBytes(more, recipe, usual)).toBeGreaterThanOrEqual(bytes);
          expect(predictSeconds(more, recipe, usual)).toBeGreaterThanOrEqual(seconds);
        }
        const wider = withAls({ factors: rank * 2 });
        expect(predictBytes(sizes, wider, usual)).toBeGreaterThan(bytes);
        expect(predictSeconds(sizes, wider, usual)).toBeGreaterThan(seconds);
        const larger = { ...usual, memoryMegabytes: 10_240 };
        expect(predictSeconds(sizes, recipe, larger)).toBeLessThanOrEqual(seconds);
      }),
    );
  });

  it("lets a usual shop through on a new account", () => {
    expect(refuseTrial(shop, withAls({ factors: 128, iterations: 8 }), usual)).toBeUndefined();
  });

  it("has the cores that Lambda gives", () => {
    expect([512, 1769, 3538, 10_240].map(coresOf)).toEqual([1, 1, 2, 10_240 / 1769]);
  });

  it("names the quota past what a new account has, and the parameter before", () => {
    const large = { userCount: 2_000_000, itemCount: 200_000, pairCount: 20_000_000 };
    expect(refuseTrial(large, withAls({ factors: 128 }), usual)).toMatch(
      /80 % of TrainingMemory=3008: raise TrainingMemory \(past 3008 MB a new account first asks AWS/,
    );
    expect(refuseTrial(large, withAls({ factors: 8 }), { ...usual, memoryMegabytes: 512 })).toMatch(
      /80 % of TrainingMemory=512: raise TrainingMemory, use fewer/,
    );
  });
});
