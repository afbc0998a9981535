import { Worker } from "node:worker_threads";
import type { EventLog } from "../interactions/event-log.ts";
import type { Criterion } from "./criterion.ts";
import { shareLog } from "./shared-log.ts";
import type { TrialIteration, TrialOrder, TrialOutcome } from "./trial.ts";
import type { TrialMessage, TrialWorkerData } from "./trial-worker.ts";

export interface TrialThreadsOptions {
  readonly criterion: Criterion;
  readonly signal?: AbortSignal;
  onIteration?: ((trial: number, iteration: TrialIteration) => void) | undefined;
}

/**
 * Threads that run trials on the same events, each trial on one of them: trials share nothing but the events, so
 * this keeps all cores busy better than many threads on one trial. A thread lives until `close`, or until it dies:
 * the next trial then gets a new one. To be closed when done.
 */
export class TrialThreads {
  readonly #data: TrialWorkerData;
  readonly #options: TrialThreadsOptions;
  /** (lanes): what runs one trial at a time; started when it has something to run */
  readonly #lanes: (Worker | undefined)[] = [];

  constructor(train: EventLog, validation: EventLog, options: TrialThreadsOptions) {
    const { criterion } = options;
    this.#data = { train: shareLog(train), validation: shareLog(validation), criterion };
    this.#options = options;
  }

  /**
   * Runs the orders, `abreast` of them at once, and tells every outcome as it comes; a trial that fails, or whose
   * thread ends, has one that says why. The thread's next trial waits for what `record` returns.
   * @throws the signal's reason, once it is aborted
   */
  async run(
    orders: readonly TrialOrder[],
    abreast: number,
    record: (outcome: TrialOutcome) => Promise<void>,
  ): Promise<void> {
    const queue = orders.values();
    await Promise.all(Array.from({ length: abreast }, (_, lane) => this.#drain(lane, queue, record)));
    this.#options.signal?.throwIfAborted();
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.splice(0).map((worker) => worker?.terminate()));
  }

  /** One lane's part: takes trials off the queue until none is left. */
  async #drain(
    lane: number,
    queue: Iterator<TrialOrder>,
    record: (outcome: TrialOutcome) => Promise<void>,
  ): Promise<void> {
    const { signal } = this.#options;
    for (let next = queue.next(); !next.done && !signal?.aborted; next = queue.next()) {
      const outcome = await this.#runIn(lane, next.value);
      if (!outcome) return;
      await record(outcome);
    }
  }

  /** `undefined` where the trial was interrupted. */
  async #runIn(lane: number, order: TrialOrder): Promise<TrialOutcome | undefined> {
    this.#lanes[lane] ??= startWorker(this.#data);
    const worker = this.#lanes[lane];
    try {
      return await runTrial(worker, order, this.#options);
    } catch (cause) {
      if (this.#options.signal?.aborted) return undefined;
      await worker.terminate();
      this.#lanes[lane] = undefined;
      return failedOutcome(order, `its thread ended: ${(cause as Error).message}`);
    }
  }
}

/** The row of a trial that came to nothing. */
export function failedOutcome(
  { trial, recipe }: Pick<TrialOrder, "trial" | "recipe">,
  error: string,
): TrialOutcome {
  return { trial, recipe, iterations: [], seconds: 0, error };
}

function startWorker(workerData: TrialWorkerData): Worker {
  // From source beside this file, and in dist, where every worker is an entry of its own, beside its chunk.
  const name = import.meta.url.endsWith(".ts") ? "./trial-worker.ts" : "./trial-worker.js";
  return new Worker(new URL(name, import.meta.url), { workerData });
}

function runTrial(worker: Worker, order: TrialOrder, options: TrialThreadsOptions): Promise<TrialOutcome> {
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
