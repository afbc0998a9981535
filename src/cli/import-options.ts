import { availableParallelism } from "node:os";
import { type Command, Option } from "commander";
import type { Target } from "../evaluation/held-out.ts";
import { checkCutoffs } from "../evaluation/metrics.ts";
import type { MeasuringOrder } from "../exchange/import-model.ts";
import { type ConfidenceSettings, compileConfidence, defaultConfidence } from "../interactions/confidence.ts";
import { type Similarity, similarities } from "../model/header.ts";
import type { GatePolicy } from "../registry/gate.ts";
import { choiceOf } from "../training-order.ts";
import { gather, halfLife, moment, numbers, numericPairs, oneNumber, wholeFrom } from "./option-values.ts";
import { addRegistryOptions, type RegistryFlags } from "./registry-options.ts";
import { addEventOptions, type EventFlags } from "./train.ts";

export interface ImportFlags extends RegistryFlags, EventFlags {
  readonly events: string[];
  readonly items?: string[];
  readonly holdout?: string[];
  readonly alpha?: number;
  readonly regularization?: number;
  readonly confidence?: string;
  readonly param?: Record<string, number>;
  readonly halfLife?: number | Record<string, number>;
  readonly testFrom?: number;
  readonly target?: Target;
  readonly selectBy: string;
  readonly k: number[];
  readonly similarity: Similarity;
  readonly seed: number;
  readonly threads: number;
  readonly policy?: GatePolicy;
  readonly force?: string;
  readonly promote: boolean;
}

export function addImportOptions(command: Command): Command {
  command
    .requiredOption("--events <path>", "the events of the fit, and those hidden from it (repeatable)", gather)
    .option("--items <path>", "what the shop sells (repeatable)", gather);
  addEventOptions(command)
    .optionsGroup("How the factors were fitted, where the files do not say:")
    .option("--alpha <number>", "α: the confidence was multiplied by it", oneNumber)
    .option("--regularization <number>", "λ", oneNumber)
    .option("--weights <pairs>", "weight of each event type, as in view=1,purchase=5", numericPairs)
    .option("--confidence <formula>", `of r, n, value, age and parameters (${defaultConfidence.formula})`)
    .option("--param <pairs>", "numbers in the formula, as in epsilon=1", numericPairs)
    .option("--half-life <days>", "age at which an event counted half; or view=7,purchase=90", halfLife)
    .optionsGroup("How to judge:")
    .option(
      "--test-from <date>",
      "the fit saw nothing from here on; where a job says so, it need not be named",
      moment,
    )
    .option("--holdout <path>", "events to test on, which the fit has not seen (repeatable)", gather)
    .addOption(new Option("--target <events>", "which hidden events count").choices(["purchase", "any"]))
    .option("--select-by <metric>", "what the gate compares, as in map@20 or new:ndcg@10", "ndcg@10")
    .option("--k <list>", "list lengths to measure at", numbers, [5, 10, 20, 25])
    .option("--seed <number>", "of the intervals' resampling", wholeFrom(0), 1)
    .option("--threads <count>", "cores to use", wholeFrom(1), availableParallelism())
    .optionsGroup("What becomes of it:")
    .addOption(
      new Option("--similarity <way>", "how similar items are found")
        .choices([...similarities])
        .default("fold-in"),
    );
  addRegistryOptions(command);
  return command
    .addOption(
      new Option("--policy <name>", "what to do where under 200 test users cannot tell").choices([
        ...["cautious", "permissive"],
      ]),
    )
    .option("--force <reason>", "promote whatever the gate says; the reason stays in the channel's history")
    .option("--no-promote", "publish and ask the gate, and leave the live model: a rollout comes next");
}

/** What the flags say of how events were counted goes before what the job says; the formula is checked here. */
export function confidenceOf(
  flags: ImportFlags,
  job: ConfidenceSettings = defaultConfidence,
): ConfidenceSettings {
  const {
    confidence: formula = job.formula,
    param,
    weights,
    halfLife: halfLifeDays = job.halfLifeDays,
  } = flags;
  const parameters = { ...job.parameters, ...param };
  compileConfidence(formula, parameters);
  return { weights: { ...job.weights, ...weights }, formula, parameters, halfLifeDays };
}

export function measuringOrder({
  testFrom,
  target,
  selectBy,
  k,
  seed,
  threads,
}: ImportFlags): MeasuringOrder {
  const choice = choiceOf(selectBy);
  return {
    ...{ seed, threads, choice, ks: checkCutoffs([...k, choice.k]) },
    holdOut: testFrom === undefined ? {} : { testFrom },
    ...(target && { target }),
  };
}
