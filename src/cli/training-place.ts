import { type Command, Option } from "commander";
import type { Registry } from "../registry/registry.ts";
import type { OpenTrialPlace } from "../training/sweep.ts";
import { UsageError } from "./failures.ts";
import { wholeFrom } from "./option-values.ts";
import type { Terminal } from "./terminal.ts";

export interface PlaceFlags {
  readonly on: "threads" | "lambda";
  readonly function?: string;
  readonly concurrency: number;
}

/** Where trials run; fits and scores after them are always this machine's. */
export function addPlaceOptions(command: Command): void {
  command
    .addOption(
      new Option("--on <place>", "where trials run: this machine's threads, or one invocation each")
        .choices(["threads", "lambda"])
        .default("threads"),
    )
    .option("--function <name>", "the function that runs trials on lambda: the stack's TrainingFunctionName")
    .option("--concurrency <count>", "trials on lambda at once", wholeFrom(1, 1000), 3);
}

/** @throws UsageError where the function could not read what is put for it */
export function checkPlace({ on, function: name }: PlaceFlags, registry: Registry): void {
  if (on !== "lambda") {
    if (name !== undefined) throw new UsageError("--function names what runs trials --on lambda");
    return;
  }
  if (name === undefined) {
    throw new UsageError("--on lambda needs --function: the stack's output TrainingFunctionName");
  }
  if (!registry.store.location.startsWith("s3://")) {
    throw new UsageError(
      `--on lambda needs a registry that the function reaches too, s3://bucket/prefix and not ${registry.store.location}`,
    );
  }
}

/** `undefined` for this machine's threads. AWS's client is loaded only where it is asked for. */
export async function openPlace(
  { on, function: functionName, concurrency }: PlaceFlags,
  { store }: Registry,
  run: string,
  terminal: Terminal,
): Promise<OpenTrialPlace | undefined> {
  if (on !== "lambda" || functionName === undefined) return undefined;
  const { LambdaFunctions } = await import("../functions/lambda-functions.ts");
  const { lambdaSweep } = await import("../training/lambda-sweep.ts");
  const onNote = (note: string): void => terminal.say(`! ${note}`);
  return lambdaSweep({ functions: new LambdaFunctions(), functionName, store, run, concurrency, onNote });
}
