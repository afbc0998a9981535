import type { WholeRun } from "../../src/tracking/run-store.ts";
import { defaultRecipe } from "../../src/training/defaults.ts";
import { recipeToJson } from "../../src/training/grid.ts";

const recipe = recipeToJson({
  ...defaultRecipe,
  als: { ...defaultRecipe.als, factors: 64, unobservedWeight: 0.2 },
  confidence: { ...defaultRecipe.confidence, weights: { purchase: 5 }, parameters: { alpha: 40 } },
});
const startedAt = "2026-11-25T00:00:00.000Z";
const figure = { value: 0.3, low: 0.28, high: 0.32 };

/** A run of two trials, the first of which was chosen. */
export const smallRun: WholeRun = {
  run: {
    ...{
      run: "r1",
      createdAt: startedAt,
      who: "anna",
      program: "0.1.0",
      seed: 1,
      search: "grid",
      trialCount: 2,
    },
    data: { source: "events.csv", eventCount: 100, digest: "abc", split: "by time" },
    criterion: { task: "all", metric: "ndcg", k: 10, target: "any" },
  },
  trials: [
    {
      ...{
        run: "r1",
        trial: 0,
        startedAt,
        recipe,
        outcome: "finished",
        seconds: 1.5,
        peakMemoryBytes: 2 ** 28,
      },
      iterations: [
        { iteration: 1, loss: 12, value: 0.2, seconds: 0.5 },
        { iteration: 2, loss: 10, value: figure, seconds: 1 },
      ],
      best: { iteration: 2, value: figure },
    },
    {
      ...{ run: "r1", trial: 1, startedAt, recipe, outcome: "failed", seconds: 0, iterations: [] },
      error: 'it said "no", and left',
    },
  ],
  result: {
    ...{ run: "r1", endedAt: startedAt, seconds: 3, trial: 0, recipe, model: "m1" },
    metrics: { all: { "ndcg@10": { value: 0.31, low: 0.29, high: 0.33 } }, new: { "recall@20": 0.1 } },
    baselines: {},
  },
};
