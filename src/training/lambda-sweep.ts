import { setTimeout } from "node:timers/promises";
import { type Functions, TryAgainError } from "../functions/functions.ts";
import { compileConfidence, FormulaError } from "../interactions/confidence.ts";
import type { ConfidenceProgram } from "../interactions/confidence-program.ts";
import type { Store } from "../store/store.ts";
import type { Recipe } from "./grid.ts";
import {
  type OpenTrialPlace,
  type RecordTrial,
  SweepError,
  type SweepOptions,
  type TrialPlace,
} from "./sweep.ts";
import { attemptOf, type PlannedRecipe, SweepFiles, type SweepPlan } from "./sweep-files.ts";
import { sampleUsers, type TrialOrder, type TrialOutcome } from "./trial.ts";
import { type InvocationLimits, refuseTrial } from "./trial-limits.ts";
import { failedOutcome } from "./trial-threads.ts";

/** The training function, and how it is asked. */
export interface LambdaSweepOrder {
  readonly functions: Functions;
  readonly functionName: string;
  /** what the function reads and writes too */
  readonly store: Store;
  readonly run: string;
  /** invocations at once: what the account can spare beside what serves */
  readonly concurrency: number;
  /** told of what is done again, for whoever watches */
  readonly onNote?: (note: string) => void;
  /** so that tests need not wait */
  sleep?(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Invocations of one trial that come to nothing, after which it has failed. */
const failuresMax = 3;
/** Calls that Lambda did not take or whose answer was lost, which passes by: about a quarter of an hour of them. */
const unansweredMax = 40;
const pauseMsFirst = 1000;
const pauseMsMax = 30_000;

/**
 * Each trial as one invocation of a function, a few at once. What a trial found is read from the store and never from
 * the answer, so that an answer that is lost, late or given twice changes nothing; and whatever is there already, from
 * an earlier attempt at the same run, is not asked for again.
 */
export function lambdaSweep(order: LambdaSweepOrder): OpenTrialPlace {
  return async (recipes, train, validation, options) => {
    const { criterion, search = "grid" } = options;
    const { memoryMegabytes, timeoutSeconds, environment } = await order.functions.configuration(
      order.functionName,
    );
    checkRegistry(environment.AISLE_REGISTRY, order);
    const files = new SweepFiles(order.store, order.run);
    const parts = { train, validation: sampleUsers(validation, criterion.target) };
    const plan = await files.begin(parts, recipes.map(planned), { criterion, search });
    return new LambdaPlace(order, files, plan, { ...options, memoryMegabytes, timeoutSeconds });
  };
}

class LambdaPlace implements TrialPlace {
  readonly #order: LambdaSweepOrder;
  readonly #files: SweepFiles;
  readonly #plan: SweepPlan;
  readonly #options: InvocationLimits & Pick<SweepOptions, "signal">;

  constructor(
    order: LambdaSweepOrder,
    files: SweepFiles,
    plan: SweepPlan,
    options: InvocationLimits & Pick<SweepOptions, "signal">,
  ) {
    this.#order = order;
    this.#files = files;
    this.#plan = plan;
    this.#options = options;
  }

  refuse(recipe: Recipe): string | undefined {
    return refuseTrial(this.#plan.sizes, recipe, this.#options);
  }

  async run(orders: readonly TrialOrder[], record: RecordTrial): Promise<void> {
    const { signal } = this.#options;
    const queue = orders.values();
    let failure: unknown;
    const lane = async (): Promise<void> => {
      for (let next = queue.next(); !next.done && !failure && !signal?.aborted; next = queue.next()) {
        try {
          await record(await this.#settle(next.value));
        } catch (error) {
          failure ??= error;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#order.concurrency, orders.length) }, lane));
    signal?.throwIfAborted();
    if (failure) throw failure;
  }

  async close(): Promise<void> {}

  /**
   * Asks for a trial until the store has its result.
   * @throws FunctionsError on what no other invocation would mend: no such function, no permission
   */
  async #settle(order: TrialOrder): Promise<TrialOutcome> {
    const attempt = attemptOf(order);
    let reason = "";
    let [failures, unanswered, iteration] = [0, 0, 0];
    while (failures < failuresMax && unanswered < unansweredMax) {
      this.#options.signal?.throwIfAborted();
      const found = await this.#files.result(attempt, order.recipe);
      if (found) return found;
      if (reason !== "") await this.#pause(order.trial, reason, failures + unanswered);
      const answer = await this.#ask(attempt);
      reason = answer.failure ?? "";
      if (answer.isLost) unanswered++;
      // One that gets on is called again as often as it takes.
      else if (answer.iteration !== undefined && answer.iteration > iteration) iteration = answer.iteration;
      else if (!(await this.#files.result(attempt, order.recipe))) {
        failures++;
        reason ||= "it left no result";
      }
    }
    const found = await this.#files.result(attempt, order.recipe);
    return found ?? failedOutcome(order, `${this.#order.functionName} was asked in vain: ${reason}`);
  }

  async #ask(attempt: ReturnType<typeof attemptOf>) {
    const { functions, functionName, run } = this.#order;
    try {
      const { payload, failure } = await functions.invoke(functionName, "$LATEST", {
        ...{ step: "trial", run, ...attempt },
      });
      const { state, iteration } = (payload ?? {}) as { state?: unknown; iteration?: unknown };
      const isOnItsWay = failure === undefined && state === "unfinished" && typeof iteration === "number";
      return { failure, iteration: isOnItsWay ? iteration : undefined, isLost: false };
    } catch (error) {
      if (!(error instanceof TryAgainError)) throw error;
      return { failure: error.message, iteration: undefined, isLost: true };
    }
  }

  async #pause(trial: number, reason: string, count: number): Promise<void> {
    const { onNote, sleep = pause } = this.#order;
    onNote?.(`trial ${trial} is asked for again: ${reason}`);
    await sleep(Math.min(pauseMsMax, pauseMsFirst * 2 ** Math.max(0, count - 1)), this.#options.signal);
  }
}

async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, signal && { signal }).catch((error) => {
    signal?.throwIfAborted();
    throw error;
  });
}

/** What one writes the other must read. */
function checkRegistry(its: string | undefined, { functionName, store }: LambdaSweepOrder): void {
  const bare = (text: string): string => text.replace(/\/+$/, "");
  if (its !== undefined && bare(its) === bare(store.location)) return;
  throw new SweepError(
    its === undefined
      ? `${functionName} is no training function: it has no AISLE_REGISTRY; a stack names it as TrainingFunctionName`
      : `${functionName} reads and writes ${its}, not ${store.location}: name it with --registry`,
  );
}

/** A formula that is none fails its trial before it is asked for; the plan leaves it out. */
export function planned(recipe: Recipe): PlannedRecipe {
  const { formula, parameters } = recipe.confidence;
  let program: ConfidenceProgram | undefined;
  try {
    program = compileConfidence(formula, parameters);
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
  }
  return { recipe, program };
}
