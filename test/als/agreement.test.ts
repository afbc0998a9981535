import { describe, expect, it } from "vitest";
import { type AlsProblem, type AlsSettings, makeProblem } from "../../src/als/objective.ts";
import { spectralStart } from "../../src/als/spectral.ts";
import { confidence, fullSettings, kernel, readable, solved } from "./candidates.ts";
import { plainSettings, predictions, relativeDistance } from "./fixtures.ts";

describe("the kernel beside the readable solver", () => {
  it.each([
    ["conjugate gradient", fullSettings],
    ["the exact solve", { ...fullSettings, solver: "exact" }],
    ["plain iALS", plainSettings],
    ["a whole number of lanes", { ...fullSettings, factors: 16, cgSteps: 3 }],
    ["a rank above both sides", { ...fullSettings, factors: 160 }],
  ] as [string, AlsSettings][])("predicts the same with %s", async (_, settings) => {
    const expected = await solved(readable, settings);
    const found = await solved(kernel, settings);
    expect(relativeDistance(predictions(found), predictions(expected))).toBeLessThan(1e-3);
  });
});

/** x solves (α YᵀY + Σ a y yᵀ + λ (n + α × columns)^ν) x = Σ a y for one row, by Gauss's elimination. */
function plainRow(pairs: AlsProblem["observed"], row: number, sources: Float64Array, settings: AlsSettings) {
  const { factors: rank, unobservedWeight: alpha, regularization, regularizationExponent } = settings;
  const size = pairs.starts[row + 1] - pairs.starts[row] + alpha * pairs.columnCount;
  const matrix = Array.from({ length: rank }, (_, j) => {
    const line = new Array<number>(rank + 1).fill(0);
    line[j] = regularization * size ** regularizationExponent;
    return line;
  });
  const observed = new Map<number, number>();
  for (let at = pairs.starts[row]; at < pairs.starts[row + 1]; at++) {
    observed.set(pairs.columns[at], pairs.values[at]);
  }
  for (let column = 0; column < pairs.columnCount; column++) {
    const y = sources.subarray(column * rank, (column + 1) * rank);
    const a = observed.get(column) ?? 0;
    for (let j = 0; j < rank; j++) {
      for (let k = 0; k < rank; k++) matrix[j][k] += (alpha + a) * y[j] * y[k];
      matrix[j][rank] += a * y[j];
    }
  }
  for (let pivot = 0; pivot < rank; pivot++) {
    for (let j = 0; j < rank; j++) {
      if (j === pivot) continue;
      const factor = matrix[j][pivot] / matrix[pivot][pivot];
      for (let k = pivot; k <= rank; k++) matrix[j][k] -= factor * matrix[pivot][k];
    }
  }
  return matrix.map((line, j) => line[rank] / line[j]);
}

describe("without popularity exponents", () => {
  it.each([readable, kernel])(
    "$name is plain iALS: alternating dense solves over all pairs",
    async (candidate) => {
      const settings: AlsSettings = { ...plainSettings, solver: "exact", iterations: 4 };
      const problem = makeProblem(confidence, settings);
      const { observed, observedByItem } = problem;
      let users = spectralStart(problem, settings.factors, settings.seed);
      let items = new Float64Array();
      const solveAll = (pairs: AlsProblem["observed"], sources: Float64Array) =>
        Float64Array.from(
          Array.from({ length: pairs.rowCount }, (_, row) => plainRow(pairs, row, sources, settings)).flat(),
        );
      for (let iteration = 0; iteration < settings.iterations; iteration++) {
        items = solveAll(observedByItem, users);
        users = solveAll(observed, items);
      }
      const expected = { rank: 4, users: Float32Array.from(users), items: Float32Array.from(items) };
      const found = await candidate.train(problem, settings);
      const distance = relativeDistance(predictions(found), predictions({ ...expected, gram: found.gram }));
      expect(distance).toBeLessThan(1e-5);
    },
  );
});
