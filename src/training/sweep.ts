import { compileConfidence } from "../interactions/confidence.ts";
import type { EventLog } from "../interactions/event-log.ts";
import type { Criterion } from "./criterion.ts";
import type { Recipe } from "./grid.ts";
import { type Attempt, halve, reduceRecipe, type SearchMethod } from "./halving.ts";
import type { TrialJournal } from "./journal.ts";
import type { TrialIteration, TrialOrder, TrialOutcome } from "./trial.ts";
import { estimateTrialBytes } from "./trial-memory.ts";
import { failedOutcome, TrialThreads } from "./trial-threads.ts";

export interface SweepOptions {
  readonly criterion: Criterion;
  /** every recipe to its end (the default), or only what cheaper trials leave over */
  readonly search?: SearchMethod;
  readonly threads: number;
  /** trials run side by side only as far as their estimates fit into this */
  readonly memoryBytes: number;
  readonly signal?: AbortSignal;
  /** where the trials run: this process's threads unless said */
  readonly place?: OpenTrialPlace | undefined;
  onIteration?: ((trial: number, iteration: TrialIteration) => void) | undefined;
  /** once for every recipe: when it failed, fell out, or came to its end */
  onOutcome?: ((outcome: TrialOutcome) => void) | undefined;
  /** what ended in an earlier attempt is taken from here and not run again */
  readonly journal?: TrialJournal | undefined;
}

export type RecordTrial = (outcome: TrialOutcome) => Promise<void>;

/** Where trials run: threads of this process, or functions elsewhere. */
export interface TrialPlace {
  /** why a recipe cannot be tried here, told before anything is */
  refuse(recipe: Recipe): string | undefined;
  /**
   * Runs the orders, several at once, and tells every outcome as it comes, with the order's own recipe; the next trial
   * waits for what `record` returns.
   */
  run(orders: readonly TrialOrder[], record: RecordTrial): Promise<void>;
  close(): Promise<void>;
}

export type OpenTrialPlace = (
  recipes: readonly Recipe[],
  train: EventLog,
  validation: EventLog,
  options: Omit<SweepOptions, "place">,
) => TrialPlace | Promise<TrialPlace>;

/** Not one trial came to a result. */
export class SweepError extends Error {
  override name = "SweepError";
}

/**
 * Tries every recipe, as many at once as threads and memory allow, and with `halving` only as far as cheaper
 * trials recommend: see `rungsFor`. The outcomes stand in the recipes' order, whatever order they came in, and
 * depend on nothing but recipes and events.
 *
 * @throws SweepError where every trial failed, with the first one's reason
 */
export async function sweep(
  recipes: readonly Recipe[],
  train: EventLog,
  validation: EventLog,
  options: SweepOptions,
): Promise<TrialOutcome[]> {
  const { place: open = threadsHere, ...rest } = options;
  const place = await open(recipes, train, validation, rest);
  try {
    return await search(recipes, place, rest);
  } finally {
    await place.close();
  }
}

/**
 * The sweep wherever its trials run, without the events: only the place knows them.
 * @throws SweepError where every trial failed, with the first one's reason
 */
export async function search(
  recipes: readonly Recipe[],
  place: TrialPlace,
  options: Pick<SweepOptions, "search" | "onOutcome" | "journal">,
): Promise<TrialOutcome[]> {
  const { journal } = options;
  const outcomes: TrialOutcome[] = [];
  const tell = (outcome: TrialOutcome): void => {
    outcomes[outcome.trial] = outcome;
    options.onOutcome?.(outcome);
  };
  /** For what took no time to run. */
  const close = (outcome: TrialOutcome): void => {
    tell(outcome);
    void journal?.keep(outcome, false);
  };
  const runnable = orderTrials(recipes, place, close);
  const attempt: Attempt = async (orders, rung) => {
    const found: TrialOutcome[] = [];
    const settle = async (outcome: TrialOutcome): Promise<void> => {
      found.push(outcome);
      if (rung) await journal?.keep(outcome, true);
      if (rung && outcome.error === undefined) return;
      const whole = { ...outcome, recipe: recipes[outcome.trial] };
      // Whoever hears that a trial has ended may rely on its record.
      await journal?.keep(whole, false);
      tell(whole);
    };
    const tried = orders.map((order) =>
      rung ? { ...order, recipe: reduceRecipe(order.recipe, rung) } : order,
    );
    const left: TrialOrder[] = [];
    for (const order of tried) {
      const earlier = journal?.find(order, rung !== undefined);
      if (earlier) await settle(earlier);
      else left.push(order);
    }
    await place.run(left, settle);
    return found.sort((a, b) => a.trial - b.trial);
  };
  if (options.search === "halving") await halve(runnable, attempt, close);
  else await attempt(runnable);
  if (outcomes.every(({ best }) => best === undefined)) {
    throw new SweepError(
      `every trial failed; the first one because: ${outcomes[0]?.error ?? "there was none"}`,
    );
  }
  return outcomes;
}

/** The trial run to its end that validation likes most; of equals the first. */
export function bestTrial(outcomes: readonly TrialOutcome[]): TrialOutcome & { best: TrialIteration } {
  const finished = outcomes.filter(
    (outcome): outcome is TrialOutcome & { best: TrialIteration } => !!outcome.best && !outcome.fellOutAt,
  );
  return finished.reduce((best, next) => (next.best.value > best.best.value ? next : best));
}

function threadsHere(
  _: readonly Recipe[],
  train: EventLog,
  validation: EventLog,
  options: SweepOptions,
): TrialPlace {
  const threads = new TrialThreads(train, validation, options);
  const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
  return {
    refuse: (recipe) => {
      const { memoryBytes } = options;
      const bytes = trialBytes(recipe, train);
      if (bytes <= memoryBytes) return undefined;
      return `needs about ${mebibytes(bytes)} MiB and may use ${mebibytes(memoryBytes)}: fewer factors, or --memory`;
    },
    run: (orders, record) => threads.run(orders, trialsAbreast(orders, train, options), record),
    close: () => threads.close(),
  };
}

type Room = Pick<SweepOptions, "memoryBytes" | "threads">;

/** The recipes as orders; what the place refuses, or whose formula is none, fails here. */
function orderTrials(
  recipes: readonly Recipe[],
  place: TrialPlace,
  fail: (outcome: TrialOutcome) => void,
): TrialOrder[] {
  return recipes.flatMap((recipe, trial) => {
    const refusal = place.refuse(recipe);
    if (refusal !== undefined) {
      fail(failedOutcome({ trial, recipe }, refusal));
      return [];
    }
    const { formula, parameters } = recipe.confidence;
    try {
      return [{ trial, recipe, program: compileConfidence(formula, parameters) }];
    } catch (error) {
      fail(failedOutcome({ trial, recipe }, (error as Error).message));
      return [];
    }
  });
}

/** The trials that are refused, since each would need more memory than there is. */
export function trialsTooLarge(
  recipes: readonly Recipe[],
  train: EventLog,
  { memoryBytes }: Pick<Room, "memoryBytes">,
): number[] {
  return recipes.flatMap((recipe, trial) => (trialBytes(recipe, train) > memoryBytes ? [trial] : []));
}

/** How many of these may run side by side: as many as would fit into the memory if each were the largest. */
export function trialsAbreast(
  trials: readonly { readonly recipe: Recipe }[],
  train: EventLog,
  { memoryBytes, threads }: Room,
): number {
  const widest = Math.max(1, ...trials.map(({ recipe }) => trialBytes(recipe, train)));
  return Math.min(threads, trials.length, Math.floor(memoryBytes / widest));
}

function trialBytes(recipe: Recipe, train: EventLog): number {
  const sizes = { userCount: train.users.count, itemCount: train.items.count, pairCount: train.length };
  return estimateTrialBytes(sizes, recipe.als);
}
