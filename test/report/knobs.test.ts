import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findKnobs, isWholeGrid } from "../../src/report/knobs.ts";
import { placeTrials } from "../../src/report/trials.ts";
import { failedTrial, gridTrials, halvedTrials, trialOf } from "./made-run.ts";

/** A grid of two settings whose value is a sum of what each of them brings, and of what they bring together. */
function twoByTwo(a: number, b: number, together: number) {
  const trials = [0, 1].flatMap((x) =>
    [0, 1].map((y) => trialOf(2 * x + y, 0.5 + a * x + b * y + together * x * y, { als: { x, y } })),
  );
  return placeTrials(trials);
}

describe("what a setting is worth", () => {
  it("is its share of the variance: 9 and 1 of 10, where effects of 3 and 1 add up", () => {
    const knobs = findKnobs(twoByTwo(0.03, 0.01, 0));
    expect(knobs.map(({ path }) => path)).toEqual(["als.x", "als.y"]);
    expect(knobs[0].worth).toBeCloseTo(0.9, 10);
    expect(knobs[1].worth).toBeCloseTo(0.1, 10);
    expect(knobs[0].byChance).toBeCloseTo(1 / 3, 10);
  });

  it("never sums to more than everything on a whole grid, and leaves the rest to what settings do together", () => {
    const effect = fc.integer({ min: -100, max: 100 });
    fc.assert(
      fc.property(effect, effect, effect, (a, b, together) => {
        const trials = twoByTwo(a / 1000, b / 1000, together / 1000);
        const knobs = findKnobs(trials);
        expect(isWholeGrid(knobs, trials.length)).toBe(true);
        const sum = knobs.reduce((total, { worth }) => total + worth, 0);
        expect(sum).toBeGreaterThanOrEqual(0);
        expect(sum).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it("is found in places where budgets differ", () => {
    const knobs = findKnobs(placeTrials(halvedTrials()));
    expect(knobs[0].path).toBe("als.unobservedWeight");
    expect(knobs[0].labels).toEqual(["0.006", "0.02", "0.06", "0.2", "0.6", "2"]);
  });

  it("is of the settings that differ alone, values rising and what is endless last", () => {
    const knobs = findKnobs(placeTrials(gridTrials()));
    expect(knobs.map(({ path }) => path).sort()).toEqual([
      "als.popularityExponent",
      "als.regularization",
      "als.unobservedWeight",
      "confidence.halfLifeDays",
    ]);
    expect(knobs.find(({ path }) => path.endsWith("halfLifeDays"))?.labels).toEqual([
      "20",
      "60",
      "180",
      "no end",
    ]);
    expect(findKnobs(placeTrials(gridTrials().slice(0, 1)))).toEqual([]);
    expect(findKnobs([])).toEqual([]);
  });
});

describe("places", () => {
  it("put who came to the end before who fell out, whatever the figures say, and leave failures out", () => {
    const fallen = {
      ...trialOf(0, 0.9, {}),
      outcome: "fell-out" as const,
      fellOutAt: { factors: 16, iterations: 1 },
    };
    const further = {
      ...trialOf(1, 0.1, {}),
      outcome: "fell-out" as const,
      fellOutAt: { factors: 64, iterations: 1 },
    };
    const placed = placeTrials([fallen, failedTrial(3), further, trialOf(2, 0.2, {})]);
    expect(placed.map(({ record, place }) => [record.trial, place])).toEqual([
      [2, 1],
      [1, 2],
      [0, 3],
    ]);
    expect(placed[0].grade).toBe(0);
  });
});
