import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store.ts";
import { CrewError, ThreadCrew } from "./crew.ts";
import {
  attemptOf,
  isCheap,
  orderOf,
  SweepFiles,
  SweepFilesError,
  type SweepPlan,
  type TrialAttempt,
} from "./sweep-files.ts";
import { TrialBench, type TrialCheckpoint, type TrialOutcome } from "./trial.ts";
import { type InvocationLimits, refuseTrial } from "./trial-limits.ts";
import { failedOutcome } from "./trial-threads.ts";

/** How an invocation ended. What it found is not in here but in the store, where everybody looks for it. */
export interface TrialAnswer {
  /** `unfinished`: the time would not have sufficed for another iteration; called again, it goes on from there */
  readonly state: "done" | "unfinished";
  /** iterations done so far, where it is unfinished */
  readonly iteration?: number;
}

export type KeepTrial = (plan: SweepPlan, outcome: TrialOutcome, isCheap: boolean) => Promise<void>;

/** An iteration may take so much longer than the longest before it. */
const patience = 1.5;
/** For the checkpoint, the result and the answer. */
const secondsAtEnd = 5;

/** Failures of the machinery and not of the trial. */
const passing = [StoreError, SweepFilesError, CrewError];

interface Bench {
  readonly run: string;
  readonly plan: SweepPlan;
  readonly bench: TrialBench;
}

/** The next iteration would not end in time. */
class OutOfTimeError extends Error {
  readonly iteration: number;

  constructor(iteration: number) {
    super(`out of time after iteration ${iteration}`);
    this.iteration = iteration;
  }
}

/**
 * Runs the trials that one function's environment is asked for, each on all its cores. Called twice for the same
 * attempt, also at once, there is one result: it depends on events and recipe alone, and the first one stays.
 */
export class TrialTask {
  readonly #store: Store;
  readonly #threads: number;
  readonly #limits: InvocationLimits;
  readonly #keep: KeepTrial;
  /** of the last run, since the next invocation is most likely of the same */
  #bench: Bench | undefined;

  /** @param keep is told of every outcome before it counts as found */
  constructor(store: Store, threads: number, limits: InvocationLimits, keep: KeepTrial = async () => {}) {
    this.#store = store;
    this.#threads = threads;
    this.#limits = limits;
    this.#keep = keep;
  }

  /**
   * @param secondsLeft until this invocation is ended from outside
   * @throws StoreError, SweepFilesError, CrewError; a trial that fails by itself has a result that says why
   */
  async run(run: string, attempt: TrialAttempt, secondsLeft: () => number): Promise<TrialAnswer> {
    const files = new SweepFiles(this.#store, run);
    const { plan, bench } = await this.#open(files);
    const order = orderOf(plan, attempt);
    if (await files.result(attempt, order.recipe)) return { state: "done" };
    const refusal = refuseTrial(plan.sizes, order.recipe, this.#limits);
    if (refusal !== undefined) return await this.#settle(files, plan, failedOutcome(order, refusal));
    const crew = new ThreadCrew(this.#threads);
    let outcome: TrialOutcome;
    try {
      outcome = await bench.run(order, () => {}, {
        crew,
        from: await files.checkpoint(attempt),
        onCheckpoint: async (checkpoint) => {
          await files.putCheckpoint(attempt, checkpoint);
          if (secondsLeft() < secondsNeeded(checkpoint))
            throw new OutOfTimeError(checkpoint.iterations.length);
        },
      });
    } catch (error) {
      if (error instanceof OutOfTimeError) return { state: "unfinished", iteration: error.iteration };
      // What another attempt could find otherwise is no result.
      if (passing.some((kind) => error instanceof kind)) throw error;
      outcome = failedOutcome(order, (error as Error).message);
    } finally {
      await crew.close();
    }
    return await this.#settle(files, plan, outcome);
  }

  async #settle(files: SweepFiles, plan: SweepPlan, outcome: TrialOutcome): Promise<TrialAnswer> {
    const attempt = attemptOf(outcome);
    await this.#keep(plan, outcome, isCheap(plan, attempt));
    await files.putResult(attempt, outcome);
    return { state: "done" };
  }

  async #open(files: SweepFiles): Promise<Bench> {
    if (this.#bench?.run === files.run) return this.#bench;
    // Let go of the last one first: there may not be room for both.
    this.#bench = undefined;
    const plan = await files.plan();
    const { train, validation } = await files.readEvents();
    this.#bench = { run: files.run, plan, bench: new TrialBench(train, validation, plan.criterion) };
    return this.#bench;
  }
}

function secondsNeeded({ iterations }: TrialCheckpoint): number {
  const longest = Math.max(
    ...iterations.map(({ seconds }, at) => seconds - (at === 0 ? 0 : iterations[at - 1].seconds)),
  );
  return patience * longest + secondsAtEnd;
}
