import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expandGrid, GridError, type Recipe } from "../../src/training/grid.ts";

const base = { als: { factors: 8, regularization: 0.01 }, popularityExponent: 0 } as unknown as Recipe;

describe("expandGrid", () => {
  it("turns the last setting fastest", () => {
    const recipes = expandGrid({ als: { factors: [8, 16], regularization: [0.1, 0.2] } }, base);
    expect(recipes.map((r) => [r.als.factors, r.als.regularization])).toEqual([
      [8, 0.1],
      [8, 0.2],
      [16, 0.1],
      [16, 0.2],
    ]);
  });

  it("is the base alone where nothing is named", () => {
    expect(expandGrid({ als: {} }, base)).toEqual([base]);
  });

  it("draws distinct combinations of the full grid, the same for a seed", () => {
    const grid = {
      als: { factors: [8, 16, 32], regularization: [0.1, 0.2, 0.3] },
      popularityExponent: [0, 0.1],
    };
    const full = expandGrid(grid, base).map((r) => JSON.stringify(r));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), fc.nat(1000), (count, seed) => {
        const sample = expandGrid(grid, base, count, seed).map((r) => JSON.stringify(r));
        expect(sample).toHaveLength(Math.min(count, 18));
        expect(new Set(sample).size).toBe(sample.length);
        for (const recipe of sample) expect(full).toContain(recipe);
        expect(expandGrid(grid, base, count, seed).map((r) => JSON.stringify(r))).toEqual(sample);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("refuses an axis without values and a grid past reason", () => {
    expect(() => expandGrid({ als: { factors: [] } }, base)).toThrow(GridError);
    const wide = Array.from({ length: 400 }, (_, i) => i + 1);
    expect(() => expandGrid({ als: { factors: wide, regularization: wide } }, base)).toThrow(/--trials/);
  });
});
