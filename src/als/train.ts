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
}

/**
 * Called after every iteration; the loss is computed only for it. `factors` gives what training would return
 * if it ended here, solved on the calling thread. Returning `true`, or a promise of it, ends training;
 * anything else goes on.
 */
export type OnIteration = (iteration: AlsIteration, factors: () => AlsFactors) => unknown;

/**
 * Iterations end with the users, the last one of them exactly, so that folding a history in gives their row.
 */
export async function iterate(
  solver: AlsSolver,
  settings: AlsSettings,
  onIteration?: OnIteration,
): Promise<AlsFactors> {
  const began = performance.now();
  await solver.start();
  for (let iteration = 1; iteration <= settings.iterations; iteration++) {
    await solver.solveItems(settings.solver);
    await solver.solveUsers(iteration === settings.iterations ? "exact" : settings.solver);
    if (onIteration === undefined) continue;
    const loss = await solver.loss();
    if (!Number.isFinite(loss)) throw new DivergedError(`iteration ${iteration}`, settings);
    const seconds = (performance.now() - began) / 1000;
    const stops = await onIteration({ iteration, loss, seconds }, () => finiteFactors(solver, settings));
    if (stops === true) break;
  }
  return finiteFactors(solver, settings);
}

function finiteFactors(solver: AlsSolver, settings: AlsSettings): AlsFactors {
  const factors = solver.factors();
  for (const part of ["users", "items", "gram"] as const) {
    if (!areFinite(factors[part])) throw new DivergedError(`the final ${part}`, settings);
  }
  return factors;
}
