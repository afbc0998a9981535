import { parentPort, workerData } from "node:worker_threads";
import type { Criterion } from "./criterion.ts";
import { openLog, type SharedLog } from "./shared-log.ts";
import { TrialBench, type TrialIteration, type TrialOrder, type TrialOutcome } from "./trial.ts";

export interface TrialWorkerData {
  readonly train: SharedLog;
  readonly validation: SharedLog;
  readonly criterion: Criterion;
}

export type TrialMessage = { readonly iteration: TrialIteration } | { readonly outcome: TrialOutcome };

const { train, validation, criterion } = workerData as TrialWorkerData;
const bench = new TrialBench(openLog(train), openLog(validation), criterion);
const send = (message: TrialMessage): void => parentPort?.postMessage(message);

parentPort?.on("message", async (order: TrialOrder) => {
  const { trial, recipe } = order;
  const outcome = await bench
    .run(order, (iteration) => send({ iteration }))
    // A failed trial is a row that says why, not the end of the sweep.
    .catch((error: Error) => ({ trial, recipe, iterations: [], seconds: 0, error: error.message }));
  send({ outcome });
});
