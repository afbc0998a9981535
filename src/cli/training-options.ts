import { availableParallelism, totalmem } from "node:os";
import type { Command } from "commander";
import { Option } from "commander";
import type { AlsSettings } from "../als/objective.ts";
import type { Target, Task } from "../evaluation/held-out.ts";
import { checkCutoffs, metricKinds } from "../evaluation/metrics.ts";
import { type ConfidenceSettings, compileConfidence, defaultConfidence } from "../interactions/confidence.ts";
import type { HoldOutOptions } from "../interactions/holdout.ts";
import type { TrainingOrder } from "../pipeline.ts";
import type { Choice } from "../training/criterion.ts";
import { defaultGrid, defaultHalfLives, defaultRecipe } from "../training/defaults.ts";
import { expandGrid, type Grid, GridError } from "../training/grid.ts";
import { type SearchMethod, searchMethods } from "../training/halving.ts";
import { halfLife, moment, numbers, numericPairs, share, valuesByName, wholeFrom } from "./option-values.ts";

/** Each of these takes one value or several to try: `--factors 32,64`. */
const gridFlags = {
  factors: ["--factors <list>", "how many numbers describe a user or an item"],
  unobservedWeight: ["--unobserved-weight <list>", "α₀: what a pair never seen counts"],
  regularization: ["--regularization <list>", "λ"],
  regularizationExponent: ["--regularization-exponent <list>", "ν"],
  popularityExponent: ["--popularity-exponent <list>", "κ: unobserved weight ∝ users of the item ^ κ"],
  observedPopularityExponent: ["--observed-popularity-exponent <list>", "ρ: observed weight ∝ users ^ ρ"],
  iterations: ["--iterations <list>", "at most so many; validation stops earlier"],
  cgSteps: ["--cg-steps <list>", "steps of conjugate gradient a row"],
} as const satisfies Partial<Record<keyof AlsSettings, readonly [string, string]>>;

export interface TrainingFlags {
  readonly confidence: string;
  readonly param?: Record<string, number[]>;
  readonly weights?: Record<string, number>;
  readonly halfLife?: number | Record<string, number>;
  readonly servingPopularityExponent?: number[];
  readonly solver?: AlsSettings["solver"];
  readonly search: SearchMethod;
  readonly trials?: number;
  readonly seed: number;
  readonly threads: number;
  readonly memory: number;
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

export function addTrainingOptions(command: Command): Command {
  command
    .optionsGroup("What counts:")
    .option("--weights <pairs>", "weight of each event type, as in view=1,purchase=5", numericPairs)
    .option("--confidence <formula>", "of r, n, value, age and parameters", defaultConfidence.formula)
    .option(
      "--param <name=list>",
      "a number in the formula, or several to try (repeatable); alpha=40 and epsilon=1 unless said",
      valuesByName,
    )
    .option("--half-life <days>", "age at which an event counts half; or view=7,purchase=90", halfLife)
    .optionsGroup("What to try:");
  for (const [flag, description] of Object.values(gridFlags)) command.option(flag, description, numbers);
  return command
    .option("--serving-popularity-exponent <list>", "scores × users of the item ^ e", numbers)
    .addOption(new Option("--solver <name>", "how rows are solved").choices(["cg", "exact"]))
    .addOption(
      new Option(
        "--search <method>",
        "halving: cheap trials of all, whole ones of the best; grid: whole ones of all",
      )
        .choices([...searchMethods])
        .default("halving"),
    )
    .option("--trials <count>", "try only so many combinations, drawn at random", wholeFrom(1))
    .optionsGroup("How to judge:")
    .addOption(
      new Option("--split <method>", "how to hold out validation and test").choices([
        ...["time", "last-basket", "last-rows", "lists"],
      ]),
    )
    .option("--test-from <date>", "the test part begins here", moment)
    .option("--validation-from <date>", "the validation part begins here", moment)
    .option("--test-share <share>", "share of the events for the test part", share)
    .option("--validation-share <share>", "share of the events for the validation part", share)
    .addOption(new Option("--target <events>", "which hidden events count").choices(["purchase", "any"]))
    .option("--select-by <metric>", "what validation chooses by, as in map@20 or new:ndcg@10", "ndcg@10")
    .option("--k <list>", "list lengths to measure at", numbers, [5, 10, 20, 25])
    .optionsGroup("How to run:")
    .option("--seed <number>", "every draw follows from it", wholeFrom(0), 1)
    .option("--threads <count>", "cores to use", wholeFrom(1), availableParallelism())
    .option("--memory <MiB>", "what trials side by side may take", wholeFrom(64), defaultMemory())
    .option("--no-refit", "serve the model that was scored, without a last fit on everything");
}

function defaultMemory(): number {
  return Math.max(512, Math.floor(totalmem() / 2 / 2 ** 20));
}

/** The flags as an order; formula, metric and grid are checked here, before any file is read. */
export function trainingOrder(flags: TrainingFlags, signal?: AbortSignal): TrainingOrder {
  const choice = choiceOf(flags.selectBy);
  const { trials, target, search } = flags;
  const grid = gridOf(flags);
  expandGrid(grid, defaultRecipe, trials, flags.seed);
  return {
    base: defaultRecipe,
    grid,
    search,
    ...(trials !== undefined && { trialCount: trials }),
    seed: flags.seed,
    holdOut: holdOutOf(flags),
    ...(target && { target }),
    choice,
    ks: checkCutoffs([...flags.k, choice.k]),
    threads: flags.threads,
    memoryBytes: flags.memory * 2 ** 20,
    refit: flags.refit,
    ...(signal && { signal }),
  };
}

function holdOutOf(flags: TrainingFlags): Omit<HoldOutOptions, "seed"> {
  const { split: method, testFrom, validationFrom, testShare, validationShare } = flags;
  return {
    ...(method && { method }),
    ...(testFrom !== undefined && { testFrom }),
    ...(validationFrom !== undefined && { validationFrom }),
    ...(testShare !== undefined && { testFraction: testShare }),
    ...(validationShare !== undefined && { validationFraction: validationShare }),
  };
}

/** Named settings replace the default grid; a setting that nobody names is tried as the default grid tries it. */
function gridOf(flags: TrainingFlags): Grid {
  const lists = flags as unknown as Record<string, unknown>;
  const named = Object.keys(gridFlags).filter((name) => lists[name] !== undefined);
  const als = {
    ...defaultGrid.als,
    ...Object.fromEntries(named.map((name) => [name, lists[name]])),
    ...(flags.solver && { solver: [flags.solver] }),
  };
  return {
    als,
    confidence: confidencesOf(flags),
    ...(flags.servingPopularityExponent && { popularityExponent: flags.servingPopularityExponent }),
  };
}

/** Hu, Koren and Volinsky's (2008): their formula runs as it is written in the paper. */
const knownParameters: Readonly<Record<string, readonly number[]>> = { alpha: [40], epsilon: [1] };

/** Every combination of the parameters' values, each compiled once so that a wrong formula stops here. */
function confidencesOf(flags: TrainingFlags): ConfidenceSettings[] {
  const { confidence: formula, param = {}, weights, halfLife } = flags;
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
