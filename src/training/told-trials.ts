import type { Recipe } from "./grid.ts";
import type { RecordTrial, TrialPlace } from "./sweep.ts";
import { attemptOf, type SweepFiles, type SweepPlan, type TrialAttempt } from "./sweep-files.ts";
import type { TrialOrder } from "./trial.ts";
import { type InvocationLimits, refuseTrial } from "./trial-limits.ts";
import { failedOutcome } from "./trial-threads.ts";

/** A search has come to trials that nobody has run yet. */
export class RoundPendingError extends Error {
  override name = "RoundPendingError";
  readonly attempts: readonly TrialAttempt[];

  constructor(attempts: readonly TrialAttempt[]) {
    super(`${attempts.length} trials are to be run`);
    this.attempts = attempts;
  }
}

/**
 * Trials that somebody else runs, round by round, such as a state machine's Map. A search on them goes through what
 * the store tells of the rounds that were run, and stops at the next one: told the same, it comes to the same place, so
 * nothing of it has to be kept between two calls.
 */
export class ToldTrials implements TrialPlace {
  readonly #files: SweepFiles;
  readonly #plan: SweepPlan;
  readonly #limits: InvocationLimits;
  #roundsLeft: number;

  /** @param roundCount how many rounds have been run */
  constructor(files: SweepFiles, plan: SweepPlan, limits: InvocationLimits, roundCount: number) {
    this.#files = files;
    this.#plan = plan;
    this.#limits = limits;
    this.#roundsLeft = roundCount;
  }

  refuse(recipe: Recipe): string | undefined {
    return refuseTrial(this.#plan.sizes, recipe, this.#limits);
  }

  /** @throws RoundPendingError where this round was not run yet */
  async run(orders: readonly TrialOrder[], record: RecordTrial): Promise<void> {
    if (this.#roundsLeft-- <= 0) throw new RoundPendingError(orders.map(attemptOf));
    const found = await Promise.all(
      orders.map((order) => this.#files.result(attemptOf(order), order.recipe)),
    );
    for (const [at, order] of orders.entries()) {
      await record(
        found[at] ?? failedOutcome(order, "it left no result: the training function's log says why"),
      );
    }
  }

  async close(): Promise<void> {}
}
