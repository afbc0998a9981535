import { defaultConfidence } from "../interactions/confidence.ts";
import type { Grid, Recipe } from "./grid.ts";

/** What is trained where nobody says otherwise; docs/experiments.md tells how it was found. */
export const defaultRecipe: Recipe = {
  confidence: defaultConfidence,
  als: {
    factors: 64,
    unobservedWeight: 0.1,
    regularization: 0.01,
    regularizationExponent: 1,
    popularityExponent: 0,
    observedPopularityExponent: 0,
    iterations: 8,
    solver: "cg",
    cgSteps: 2,
    seed: 1,
  },
  popularityExponent: 0,
};

/** The values that are tried of what matters most: unobserved weight × regularisation first, then the rank. */
export const defaultGrid: Grid = {
  als: {
    factors: [64, 128],
    unobservedWeight: [0.005, 0.02, 0.1],
    regularization: [0.005, 0.02],
  },
};
