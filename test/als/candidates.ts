import { inlineCrew } from "../../src/als/crew.ts";
import { KernelSolver, trainKernel } from "../../src/als/kernel.ts";
import { KernelMemory } from "../../src/als/kernel-memory.ts";
import type { AlsFactors, AlsProblem, AlsSettings } from "../../src/als/objective.ts";
import { makeProblem } from "../../src/als/objective.ts";
import { ReadableSolver, trainReadable } from "../../src/als/readable.ts";
import type { AlsSolver } from "../../src/als/train.ts";
import { plainSettings, randomConfidence } from "./fixtures.ts";

export interface Candidate {
  readonly name: string;
  readonly train: typeof trainReadable;
  open(problem: AlsProblem, settings: AlsSettings): Promise<AlsSolver>;
}

export const readable: Candidate = {
  name: "the readable solver",
  train: trainReadable,
  open: async (problem, settings) => new ReadableSolver(problem, settings),
};

export const kernel: Candidate = {
  name: "the kernel",
  train: trainKernel,
  async open(problem, settings) {
    const memory = new KernelMemory(problem, settings, 1);
    return new KernelSolver(memory, settings, await inlineCrew.enter(memory.shared));
  },
};

/** Weights of every kind at once, and both ways of the exact solve: rows with more and with fewer pairs than factors. */
export const fullSettings: AlsSettings = {
  ...plainSettings,
  factors: 11,
  regularizationExponent: 0.8,
  popularityExponent: -0.3,
  observedPopularityExponent: 0.2,
};

export const confidence = randomConfidence(150, 70);

/** `confidence`, trained. */
export async function solved(candidate: Candidate, settings: AlsSettings): Promise<AlsFactors> {
  return candidate.train(makeProblem(confidence, settings), settings);
}
