import type { AlsSettings } from "./als/objective.ts";
import type { Target, Task } from "./evaluation/held-out.ts";
import { checkCutoffs, metricKinds } from "./evaluation/metrics.ts";
import { type ConfidenceSettings, compileConfidence, defaultConfidence } from "./interactions/confidence.ts";
import type { HoldOutOptions } from "./interactions/holdout.ts";
import type { TrainingOrder } from "./pipeline.ts";
import type { Choice } from "./training/criterion.ts";
import { defaultGrid, defaultHalfLives, defaultRecipe } from "./training/defaults.ts";
import { expandGrid, type Grid, GridError } from "./training/grid.ts";
import type { SearchMethod } from "./training/halving.ts";

/** Settings of the objective that can be named, each with one value or several to try. */
export const gridSettings = [
  ...["factors", "unobservedWeight", "regularization", "regularizationExponent", "popularityExponent"],
  ...["observedPopularityExponent", "iterations", "cgSteps"],
] as const satisfies readonly (keyof AlsSettings)[];

/** How to train, as a person says it on the command line or in a document: everything but the machine. */
export interface TrainingChoices extends Partial<Record<(typeof gridSettings)[number], readonly number[]>> {
  readonly confidence: string;
  readonly param?: Record<string, number[]>;
  readonly weights?: Record<string, number>;
  readonly halfLife?: number | Record<string, number>;
  readonly servingPopularityExponent?: number[];
  readonly solver?: AlsSettings["solver"];
  readonly search: SearchMethod;
  readonly trials?: number;
  readonly seed: number;
  readonly split?: "time" | "last-basket" | "last-rows" | "lists";
  readonly testFrom?: number;
  readonly validationFrom?: number;
  readonly testShare?: number;
  readonly validationShare?: number;
  readonly target?: Target;
  readonly selectBy: string;
  readonly k: number[];
  readonly refit: boolean;
}

/** The choices as an order; formula, metric and grid are checked here, before any file is read. */
export function orderTraining(
  choices: TrainingChoices,
  machine: Pick<TrainingOrder, "threads" | "memoryBytes" | "signal">,
): TrainingOrder {
  const choice = choiceOf(choices.selectBy);
  const { trials, target, search } = choices;
  const grid = gridOf(choices);
  expandGrid(grid, defaultRecipe, trials, choices.seed);
  return {
    base: defaultRecipe,
    grid,
    search,
    ...(trials !== undefined && { trialCount: trials }),
    seed: choices.seed,
    holdOut: holdOutOf(choices),
    ...(target && { target }),
    choice,
    ks: checkCutoffs([...choices.k, choice.k]),
    refit: choices.refit,
    ...machine,
  };
}

function holdOutOf(choices: TrainingChoices): Omit<HoldOutOptions, "seed"> {
  const { split: method, testFrom, validationFrom, testShare, validationShare } = choices;
  return {
    ...(method && { method }),
    ...(testFrom !== undefined && { testFrom }),
    ...(validationFrom !== undefined && { validationFrom }),
    ...(testShare !== undefined && { testFraction: testShare }),
    ...(validationShare !== undefined && { validationFraction: validationShare }),
  };
}

/** Named settings replace the default grid; a setting that nobody names is tried as the default grid tries it. */
function gridOf(choices: TrainingChoices): Grid {
  const named = gridSettings.filter((name) => choices[name] !== undefined);
  const als = {
    ...defaultGrid.als,
    ...Object.fromEntries(named.map((name) => [name, choices[name]])),
    ...(choices.solver && { solver: [choices.solver] }),
  };
  return {
    als,
    confidence: confidencesOf(choices),
    ...(choices.servingPopularityExponent && { popularityExponent: choices.servingPopularityExponent }),
  };
}

/** Hu, Koren and Volinsky's (2008): their formula runs as it is written in the paper. */
const knownParameters: Readonly<Record<string, readonly number[]>> = { alpha: [40], epsilon: [1] };

/** Every combination of the parameters' values, each compiled once so that a wrong formula stops here. */
function confidencesOf(choices: TrainingChoices): ConfidenceSettings[] {
  const { confidence: formula, param = {}, weights, halfLife } = choices;
  const assumed = Object.entries(knownParameters).filter(([name]) =>
    new RegExp(`\\b${name}\\b`).test(formula),
  );
  let combinations: Record<string, number>[] = [{}];
  for (const [name, values] of Object.entries({ ...Object.fromEntries(assumed), ...param })) {
    combinations = combinations.flatMap((before) => values.map((value) => ({ ...before, [name]: value })));
  }
  for (const parameters of combinations) compileConfidence(formula, parameters);
  const halfLives = halfLife === undefined ? defaultHalfLives : [halfLife];
  return combinations.flatMap((parameters) =>
    halfLives.map((halfLifeDays) => ({
      weights: { ...defaultConfidence.weights, ...weights },
      formula,
      parameters,
      halfLifeDays,
    })),
  );
}

/** `all:ndcg@10` is over all items, `new:ndcg@10` over new ones, `ndcg@10` over whichever suits the data. */
export function choiceOf(text: string): Choice {
  const [, task, metric, k] = /^(?:(all|new):)?([a-z-]+)@(\d+)$/.exec(text) ?? [];
  if (!metricKinds.some((kind) => kind === metric)) {
    throw new GridError(
      `--select-by ${text}: expected one of ${metricKinds.join(", ")} with a K, as in ndcg@10 or new:map@20`,
    );
  }
  return { task: task as Task | undefined, metric, k: checkCutoffs([Number(k)])[0] };
}
