import { Command } from "commander";
import { addTrainingOptions, trainingOrder } from "../src/cli/training-options.ts";
import type { TrainingOrder } from "../src/pipeline.ts";

/** What `aisle train` with these flags would do; without any, all that it chooses by itself. */
export function orderOf(...flags: string[]): TrainingOrder {
  const command = addTrainingOptions(new Command());
  command.parse(["--no-refit", "--k", "10,20", ...flags], { from: "user" });
  return trainingOrder(command.opts());
}
