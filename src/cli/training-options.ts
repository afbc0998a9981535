import { availableParallelism, totalmem } from "node:os";
import type { Command } from "commander";
import { Option } from "commander";
import { defaultConfidence } from "../interactions/confidence.ts";
import type { TrainingOrder } from "../pipeline.ts";
import { searchMethods } from "../training/halving.ts";
import { type gridSettings, orderTraining, type TrainingChoices } from "../training-order.ts";
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
} as const satisfies Record<(typeof gridSettings)[number], readonly [string, string]>;

export interface TrainingFlags extends TrainingChoices {
  readonly threads: number;
  readonly memory: number;
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
  const { threads, memory } = flags;
  return orderTraining(flags, { threads, memoryBytes: memory * 2 ** 20, ...(signal && { signal }) });
}
