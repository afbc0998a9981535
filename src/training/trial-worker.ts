import { parentPort, workerData } from "node:worker_threads";
import type { Recipe } from "./grid.ts";
import { openLog, type SharedLog } from "./shared-log.ts";
import { type Criterion, TrialBench, type TrialIteration, type TrialOutcome } from "./trial.ts";

export interface TrialWorkerData {
  readonly train: SharedLog;
  readonly validation: SharedLog;
  readonly criterion: Criterion;
}

export interface TrialOrder {
  readonly trial: number;
  readonly recipe: Recipe;
}

export type TrialMessage = { readonly iteration: TrialIteration } | { readonly outcome: TrialOutcome };

const { train, validation, criterion } = workerData as TrialWorkerData;
const bench = new TrialBench(openLog(train), openLog(validation), criterion);
const send = (message: TrialMessage): void => parentPort?.postMessage(message);

parentPort?.on("message", async ({ trial, recipe }: TrialOrder) => {
  const outcome = await bench
    .run(trial, recipe, (iteration) => send({ iteration }))
    // A failed trial is a row that says why, not the end of the sweep.
    .catch((error: Error) => ({ trial, recipe, iterations: [], seconds: 0, error: error.message }));
  send({ outcome });
});
