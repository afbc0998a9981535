import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lossOf } from "../../src/als/loss.ts";
import { AlsSettingsError, makeProblem, sum } from "../../src/als/objective.ts";
import { transpose } from "../../src/math/sparse.ts";
import { plainSettings, randomConfidence, sparseRows } from "./fixtures.ts";

describe("makeProblem", () => {
  it("scales observed weights and item weights to mean 1, whatever the confidences and exponents", () => {
    const exponents = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        exponents,
        exponents,
        fc.double({ min: 0.001, max: 1000, noNaN: true }),
        (kappa, rho, unit) => {
          const confidence = randomConfidence(30, 12);
          const scaled = { ...confidence, values: confidence.values.map((value) => value * unit) };
          const settings = {
            ...plainSettings,
            popularityExponent: kappa,
            observedPopularityExponent: rho,
          };
          const { observed, itemWeights } = makeProblem(scaled, settings);
          expect(sum(observed.values) / observed.values.length).toBeCloseTo(1, 5);
          expect(sum(itemWeights) / itemWeights.length).toBeCloseTo(1, 5);
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  it("weights by popularity: w ∝ n^κ and a ∝ c n^ρ, an item without users as one with a single user", () => {
    const confidence = sparseRows(
      [
        [
          [0, 2],
          [1, 6],
        ],
        [[0, 2]],
      ],
      3,
    );
    const settings = { ...plainSettings, popularityExponent: 1, observedPopularityExponent: 2 };
    const problem = makeProblem(confidence, settings);
    const [w0, w1, w2] = problem.itemWeights;
    expect([w0 / w1, w2 / w1]).toEqual([2, 1]);
    // n is 2 and 1: a ∝ 2·4, 6·1, 2·4, whose mean is 22/3.
    expect([...problem.observed.values].map((a) => a * 22)).toEqual(
      [24, 18, 24].map((a) => expect.closeTo(a, 4)),
    );
    expect(problem.observedByItem).toEqual(transpose(problem.observed));
  });

  it("needs no pair at all", () => {
    const problem = makeProblem(sparseRows([[], []], 3), plainSettings);
    expect([...problem.itemWeights]).toEqual([1, 1, 1]);
    expect([...problem.observedScale]).toEqual([1, 1, 1]);
  });

  it.each([
    ["factors", 0],
    ["factors", 2.5],
    ["unobservedWeight", 0],
    ["regularization", -1],
    ["regularization", Number.NaN],
    ["regularizationExponent", 9],
    ["iterations", 0],
    ["cgSteps", 0],
    ["seed", 0.5],
  ])("refuses %s = %d by its name", (name, value) => {
    const settings = { ...plainSettings, [name]: value };
    expect(() => makeProblem(randomConfidence(3, 3), settings)).toThrow(AlsSettingsError);
    expect(() => makeProblem(randomConfidence(3, 3), settings)).toThrow(name);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses a confidence of %d", (value) => {
    const confidence = sparseRows([[[0, value]]], 1);
    expect(() => makeProblem(confidence, plainSettings)).toThrow("confidence");
  });
});

describe("lossOf", () => {
  it("is the objective, term by term over every pair", () => {
    const settings = {
      ...plainSettings,
      factors: 2,
      regularizationExponent: 0.7,
      popularityExponent: -0.4,
      observedPopularityExponent: 0.3,
    };
    const problem = makeProblem(randomConfidence(11, 6), settings);
    const users = Float64Array.from({ length: 22 }, (_, k) => Math.sin(k));
    const items = Float64Array.from({ length: 12 }, (_, k) => Math.cos(2 * k));
    const { observed, observedByItem, itemWeights: w } = problem;
    const { unobservedWeight: alpha, regularization: lambda, regularizationExponent: nu } = settings;
    const pairCount = (starts: Uint32Array, row: number) => starts[row + 1] - starts[row];
    let loss = 0;
    for (let u = 0; u < 11; u++) {
      for (let i = 0; i < 6; i++) {
        const score = users[2 * u] * items[2 * i] + users[2 * u + 1] * items[2 * i + 1];
        loss += alpha * w[i] * score ** 2;
        for (let k = observed.starts[u]; k < observed.starts[u + 1]; k++) {
          if (observed.columns[k] === i) loss += observed.values[k] * (1 - score) ** 2;
        }
      }
      const size = pairCount(observed.starts, u) + alpha * sum(w);
      loss += lambda * size ** nu * (users[2 * u] ** 2 + users[2 * u + 1] ** 2);
    }
    for (let i = 0; i < 6; i++) {
      const size = pairCount(observedByItem.starts, i) + alpha * w[i] * 11;
      loss += lambda * size ** nu * (items[2 * i] ** 2 + items[2 * i + 1] ** 2);
    }
    expect(lossOf(problem, settings, users, items) / loss).toBeCloseTo(1, 6);
  });
});
