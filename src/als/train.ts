import { areFinite } from "../math/finite.ts";
import { type AlsFactors, type AlsIteration, type AlsSettings, DivergedError } from "./objective.ts";

/** A solver's state and its half-steps. The readable solver specifies what each does. */
export interface AlsSolver {
  /** the spectral start */
  start(): void | Promise<void>;
  /** every item's factors, the users' being fixed */
  solveItems(solver: AlsSettings["solver"]): void | Promise<void>;
  /** every user's factors, the items' being fixed */
  solveUsers(solver: AlsSettings["solver"]): void | Promise<void>;
  loss(): number | Promise<number>;
  /**
   * a copy, its users solved exactly for its items; right after `solveUsers`, and training goes on
   * undisturbed
   */
  factors(): AlsFactors;
  /** (users × rank): a copy of the users as the last half-step left them */
  users(): Float32Array | Float64Array;
  /** in place of `start`: goes on behind the iteration after which `users` gave these */
  restore(users: Float32Array | Float64Array): void;
}

/**
 * All that the next iteration depends on: it solves the items anew, from nothing but the users. Training that goes on
 * from here ends with the very bytes of one that was not interrupted.
 */
export interface AlsCheckpoint {
  /** how many iterations are done, fewer than the settings ask for */
  readonly iteration: number;
  /** (users × rank), as `AlsSolver.users` gave them then */
  readonly users: Float32Array | Float64Array;
}

/**
 * Called after every iteration; the loss is computed only for it. `factors` gives what training would return
 * if it ended here, solved on the calling thread, and `users` what it would go on from. Returning `true`, or a
 * promise of it, ends training; anything else goes on.
 */
export type OnIteration = (
  iteration: AlsIteration,
  factors: () => AlsFactors,
  users: () => AlsCheckpoint["users"],
) => unknown;

export interface IterateOptions {
  readonly onIteration?: OnIteration;
  /** from the spectral start where absent */
  readonly from?: AlsCheckpoint;
}

/**
 * Iterations end with the users, the last one of them exactly, so that folding a history in gives their row.
 */
export async function iterate(
  solver: AlsSolver,
  settings: AlsSettings,
  { onIteration, from }: IterateOptions = {},
): Promise<AlsFactors> {
  const began = performance.now();
  if (from) checkCheckpoint(from, settings);
  if (from) solver.restore(from.users);
  else await solver.start();
  for (let iteration = (from?.iteration ?? 0) + 1; iteration <= settings.iterations; iteration++) {
    await solver.solveItems(settings.solver);
    await solver.solveUsers(iteration === settings.iterations ? "exact" : settings.solver);
    if (onIteration === undefined) continue;
    const loss = await solver.loss();
    if (!Number.isFinite(loss)) throw new DivergedError(`iteration ${iteration}`, settings);
    const seconds = (performance.now() - began) / 1000;
    const factors = (): AlsFactors => finiteFactors(solver, settings);
    const stops = await onIteration({ iteration, loss, seconds }, factors, () => solver.users());
    if (stops === true) break;
  }
  return finiteFactors(solver, settings);
}

function checkCheckpoint({ iteration, users }: AlsCheckpoint, { iterations, factors }: AlsSettings): void {
  if (iteration >= 1 && iteration < iterations && users.length % factors === 0) return;
  throw new RangeError(
    `training of ${iterations} iterations at ${factors} factors cannot go on from iteration ${iteration} with ` +
      `${users.length} numbers`,
  );
}

function finiteFactors(solver: AlsSolver, settings: AlsSettings): AlsFactors {
  const factors = solver.factors();
  for (const part of ["users", "items", "gram"] as const) {
    if (!areFinite(factors[part])) throw new DivergedError(`the final ${part}`, settings);
  }
  return factors;
}
