import { Worker } from "node:worker_threads";
import type { EventLog } from "../interactions/event-log.ts";
import type { Recipe } from "./grid.ts";
import { shareLog } from "./shared-log.ts";
import type { Criterion, TrialIteration, TrialOutcome } from "./trial.ts";
import { estimateTrialBytes } from "./trial-memory.ts";
import type { TrialMessage, TrialOrder, TrialWorkerData } from "./trial-worker.ts";

export interface SweepOptions {
  readonly criterion: Criterion;
  readonly threads: number;
  /** trials run side by side only as far as their estimates fit into this */
  readonly memoryBytes: number;
  readonly signal?: AbortSignal;
  onIteration?: ((trial: number, iteration: TrialIteration) => void) | undefined;
  onOutcome?: ((outcome: TrialOutcome) => void) | undefined;
}

/** Not one trial came to a result. */
export class SweepError extends Error {
  override name = "SweepError";
}

/**
 * Runs every recipe as a trial of its own, as many at once as threads and memory allow, each on one thread:
 * trials share nothing but the events, so this keeps all cores busy better than many threads on one trial.
 * The outcomes stand in the recipes' order, whatever order they came in.
 *
 * @throws SweepError where every trial failed, with the first one's reason
 */
export async function sweep(
  recipes: readonly Recipe[],
  train: EventLog,
  validation: EventLog,
  options: SweepOptions,
): Promise<TrialOutcome[]> {
  const { runnable, refused, abreast } = planSweep(recipes, train, options);
  const data = { train: shareLog(train), validation: shareLog(validation), criterion: options.criterion };
  const outcomes: TrialOutcome[] = [];
  const record = (outcome: TrialOutcome): void => {
    outcomes[outcome.trial] = outcome;
    options.onOutcome?.(outcome);
  };
  for (const outcome of refused) record(outcome);
  const queue = runnable.values();
  await Promise.all(Array.from({ length: abreast }, () => drain(queue, data, record, options)));
  options.signal?.throwIfAborted();
  if (outcomes.every(({ best }) => best === undefined)) {
    throw new SweepError(
      `every trial failed; the first one because: ${outcomes[0]?.error ?? "there was none"}`,
    );
  }
  return outcomes;
}

/** The successful trial that validation likes most; of equals the first. */
export function bestTrial(outcomes: readonly TrialOutcome[]): TrialOutcome & { best: TrialIteration } {
  const finished = outcomes.filter(
    (outcome): outcome is TrialOutcome & { best: TrialIteration } => !!outcome.best,
  );
  return finished.reduce((best, next) => (next.best.value > best.best.value ? next : best));
}

interface Runnable extends TrialOrder {
  readonly bytes: number;
}

/**
 * What may run at all, what is refused as too large, and how many trials may run side by side: as many as would fit
 * into the memory if each were the largest.
 */
export function planSweep(
  recipes: readonly Recipe[],
  train: EventLog,
  { memoryBytes, threads }: Pick<SweepOptions, "memoryBytes" | "threads">,
) {
  const sizes = { userCount: train.users.count, itemCount: train.items.count, pairCount: train.length };
  const orders = recipes.map((recipe, trial): Runnable => {
    return { trial, recipe, bytes: estimateTrialBytes(sizes, recipe.als) };
  });
  const fits = ({ bytes }: Runnable): boolean => bytes <= memoryBytes;
  const refused = orders
    .filter((order) => !fits(order))
    .map(({ trial, recipe, bytes }): TrialOutcome => {
      const error = `needs about ${mebibytes(bytes)} MiB and may use ${mebibytes(memoryBytes)}: fewer factors, or --memory`;
      return { trial, recipe, iterations: [], seconds: 0, error };
    });
  const runnable = orders.filter(fits);
  const widest = Math.max(1, ...runnable.map(({ bytes }) => bytes));
  return { runnable, refused, abreast: Math.min(threads, runnable.length, Math.floor(memoryBytes / widest)) };
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

/** One thread's part: takes trials off the queue until none is left, in a new worker where the last one died. */
async function drain(
  queue: Iterator<Runnable>,
  data: TrialWorkerData,
  record: (outcome: TrialOutcome) => void,
  options: SweepOptions,
): Promise<void> {
  let worker: Worker | undefined;
  try {
    for (let next = queue.next(); !next.done && !options.signal?.aborted; next = queue.next()) {
      worker ??= startWorker(data);
      const { trial, recipe } = next.value;
      try {
        record(await runTrial(worker, { trial, recipe }, options));
      } catch (cause) {
        if (options.signal?.aborted) return;
        await worker.terminate();
        worker = undefined;
        record({
          trial,
          recipe,
          iterations: [],
          seconds: 0,
          error: `its thread ended: ${(cause as Error).message}`,
        });
      }
    }
  } finally {
    await worker?.terminate();
  }
}

function startWorker(workerData: TrialWorkerData): Worker {
  // From source beside this file, and in dist, where every worker is an entry of its own, beside its chunk.
  const name = import.meta.url.endsWith(".ts") ? "./trial-worker.ts" : "./trial-worker.js";
  return new Worker(new URL(name, import.meta.url), { workerData });
}

function runTrial(worker: Worker, order: TrialOrder, options: SweepOptions): Promise<TrialOutcome> {
  const ended = new AbortController();
  const outcome = new Promise<TrialOutcome>((resolve, reject) => {
    const onMessage = (message: TrialMessage): void => {
      if ("iteration" in message) options.onIteration?.(order.trial, message.iteration);
      else resolve(message.outcome);
    };
    const onExit = (code: number): void => reject(new Error(`exit code ${code}`));
    worker.on("message", onMessage).on("error", reject).on("exit", onExit);
    options.signal?.addEventListener("abort", () => reject(new Error("interrupted")), {
      signal: ended.signal,
    });
    ended.signal.addEventListener("abort", () => {
      worker.off("message", onMessage).off("error", reject).off("exit", onExit);
    });
    worker.postMessage(order);
  });
  return outcome.finally(() => ended.abort());
}
