import { defaultConfidence } from "../interactions/confidence.ts";
import type { Grid, Recipe } from "./grid.ts";

/** What is trained where nobody says otherwise; docs/experiments.md tells how it was found. */
export const defaultRecipe: Recipe = {
  confidence: defaultConfidence,
  als: {
    factors: 128,
    unobservedWeight: 0.15,
    regularization: 0.0015,
    regularizationExponent: 1,
    popularityExponent: 0,
    observedPopularityExponent: 0,
    iterations: 8,
    solver: "cg",
    cgSteps: 3,
    seed: 1,
  },
  popularityExponent: 0,
};

/**
 * The values that are tried: unobserved weight × regularisation, which matter most, each with the half-lives below.
 * How much an unseen pair should weigh depends on how densely the data is filled, over two orders of magnitude.
 * That popular items count more among the unseen helps much in some shops and harms in others. Halving makes so fine
 * a grid cheaper than whole trials of a coarse one.
 */
export const defaultGrid: Grid = {
  als: {
    unobservedWeight: [0.006, 0.02, 0.06, 0.2, 0.6, 2],
    regularization: [0.0005, 0.0015, 0.005],
    popularityExponent: [0, 0.25],
  },
};

/** Days after which an event counts half, tried where events have times. */
export const defaultHalfLives: readonly number[] = [Number.POSITIVE_INFINITY, 180, 60, 20];
