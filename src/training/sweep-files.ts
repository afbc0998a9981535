import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { type ConfidenceProgram, checkConfidenceProgram } from "../interactions/confidence-program.ts";
import { ConflictError, type Store, StoreError } from "../store/store.ts";
import { packTensors, TensorFile } from "../tensors/safetensors.ts";
import type { Criterion } from "./criterion.ts";
import { type Recipe, recipeFromJson, recipeToJson } from "./grid.ts";
import { type SearchMethod, searchMethods } from "./halving.ts";
import { openParts, packParts, type SweepParts } from "./sweep-parts.ts";
import type { TrialCheckpoint, TrialIteration, TrialOrder, TrialOutcome } from "./trial.ts";

const iteration = z.object({
  ...{ iteration: z.int(), loss: z.number(), value: z.number(), seconds: z.number() },
  interval: z.object({ low: z.number(), high: z.number() }).optional(),
});
const resultSchema = z.object({
  iterations: z.array(iteration),
  best: iteration.optional(),
  seconds: z.number(),
  error: z.string().optional(),
  judged: z
    .object({ cut: z.string(), values: z.array(z.number()).transform((values) => Float32Array.from(values)) })
    .optional(),
  startedAt: z.number().optional(),
  peakMemoryBytes: z.number().optional(),
});

const planSchema = z.object({
  run: z.string(),
  /** SHA-256 of the events' file */
  events: z.string(),
  sizes: z.object({ userCount: z.int(), itemCount: z.int(), pairCount: z.int() }),
  criterion: z.object({
    task: z.enum(["all", "new"]),
    metric: z.string(),
    k: z.int().positive(),
    target: z.enum(["purchase", "any"]),
  }),
  search: z.enum(searchMethods),
  trials: z.array(
    z.object({
      /** as `recipeToJson` writes it */
      recipe: z.json(),
      /** its formula, so that a trial loads no parser; absent where it is none, and the trial has failed already */
      program: z.json().optional(),
    }),
  ),
});
export type SweepPlan = z.infer<typeof planSchema>;

/** What is tried of a trial: less than its recipe asks for in a search's cheap rounds. */
export interface TrialAttempt {
  readonly trial: number;
  readonly factors: number;
  readonly iterations: number;
}

export interface PlannedRecipe {
  readonly recipe: Recipe;
  readonly program?: ConfidenceProgram | undefined;
}

/** What is known of an outcome beside its order; zod says `undefined` of what is absent. */
type TrialFigures = Omit<TrialOutcome, "trial" | "recipe">;

/** Another sweep has the run's name. */
export class SweepFilesError extends Error {
  override name = "SweepFilesError";
}

const onlyOnce = { ifNoneMatch: "*" } as const;

/**
 * What the machines of a sweep tell each other, under `sweeps/<run>/` of the registry's store: the cut events and the
 * plan, written once before the first trial; each attempt's checkpoint while it runs and its result, which never
 * changes. Nobody needs them once the run has ended.
 */
export class SweepFiles {
  readonly run: string;
  readonly #store: Store;

  constructor(store: Store, run: string) {
    this.#store = store;
    this.run = run;
  }

  /**
   * Puts events and plan where the trials find them; a sweep that was begun already is gone on with.
   * @throws SweepFilesError where the run was begun with other events or settings
   */
  async begin(
    parts: SweepParts,
    recipes: readonly PlannedRecipe[],
    { criterion, search }: { readonly criterion: Criterion; readonly search: SearchMethod },
  ): Promise<SweepPlan> {
    const bytes = packParts(parts);
    const plan: SweepPlan = {
      run: this.run,
      events: createHash("sha256").update(bytes).digest("hex"),
      sizes: sizesOf(parts),
      ...{ criterion, search },
      trials: recipes.map(planTrial),
    };
    const begun = await this.findPlan();
    if (begun && !isDeepStrictEqual(begun, plan)) {
      throw new SweepFilesError(
        `run ${this.run} was begun with other events or settings (${this.#describe("plan.json")}): begin another run`,
      );
    }
    if (begun) return begun;
    await this.#putOnce("events.safetensors", bytes);
    await this.#putOnce("plan.json", toJson(plan));
    return plan;
  }

  async findPlan(): Promise<SweepPlan | undefined> {
    const found = await this.#store.get(this.#key("plan.json"));
    return found && planSchema.parse(fromJson(found.bytes));
  }

  /** @throws StoreError where the run has no plan */
  async plan(): Promise<SweepPlan> {
    const plan = await this.findPlan();
    if (plan) return plan;
    throw new StoreError(`${this.#describe("plan.json")} is not there: the sweep was not begun, or is over`);
  }

  async readEvents(): Promise<SweepParts> {
    const key = this.#key("events.safetensors");
    const byteLength = await this.#store.size(key);
    if (byteLength === undefined) throw new StoreError(`${this.#store.describe(key)} is not there`);
    const bytes = new Uint8Array(byteLength);
    await this.#store.readInto(key, bytes);
    return openParts(bytes, this.#store.describe(key));
  }

  async result(attempt: TrialAttempt, recipe: Recipe): Promise<TrialOutcome | undefined> {
    const found = await this.#store.get(this.#resultKey(attempt));
    if (!found) return undefined;
    return { trial: attempt.trial, recipe, ...(resultSchema.parse(fromJson(found.bytes)) as TrialFigures) };
  }

  /** The first result stands: whoever comes second has found the same. The checkpoint is of no more use. */
  async putResult(attempt: TrialAttempt, outcome: TrialOutcome): Promise<void> {
    const { trial: _, recipe: __, judged, ...figures } = outcome;
    const values = judged && { cut: judged.cut, values: Array.from(judged.values) };
    await this.#putOnce(this.#place(attempt, "json"), toJson({ ...figures, judged: values }));
    await this.#store.delete(this.#key(this.#place(attempt, "safetensors")));
  }

  async checkpoint(attempt: TrialAttempt): Promise<TrialCheckpoint | undefined> {
    const key = this.#key(this.#place(attempt, "safetensors"));
    const found = await this.#store.get(key);
    if (!found) return undefined;
    const file = TensorFile.open(found.bytes, this.#store.describe(key));
    const iterations = z.array(iteration).parse(JSON.parse(file.metadata.iterations)) as TrialIteration[];
    const { cut } = file.metadata;
    const judged = cut === undefined ? undefined : { cut, values: file.f32("judged") };
    return { iterations, users: file.f32("users"), judged };
  }

  async putCheckpoint(attempt: TrialAttempt, { users, iterations, judged }: TrialCheckpoint): Promise<void> {
    const shape = [users.length / attempt.factors, attempt.factors];
    const bytes = packTensors(
      { users: { data: users, shape }, ...(judged && { judged: { data: judged.values } }) },
      {
        ...{ format: "aisle-checkpoint", iterations: JSON.stringify(iterations) },
        ...(judged && { cut: judged.cut }),
      },
    );
    await this.#store.put(this.#key(this.#place(attempt, "safetensors")), bytes);
  }

  async #putOnce(name: string, bytes: Uint8Array): Promise<void> {
    try {
      await this.#store.put(this.#key(name), bytes, onlyOnce);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }

  #resultKey(attempt: TrialAttempt): string {
    return this.#key(this.#place(attempt, "json"));
  }

  /** Rounds of a search try the same trial at other budgets. */
  #place({ trial, factors, iterations }: TrialAttempt, extension: string): string {
    return `f${factors}-i${iterations}/${String(trial).padStart(4, "0")}.${extension}`;
  }

  #key(name: string): string {
    return `sweeps/${this.run}/${name}`;
  }

  #describe(name: string): string {
    return this.#store.describe(this.#key(name));
  }
}

/** What is to be done for an attempt. @throws SweepFilesError where the plan has no such trial */
export function orderOf(
  { run, trials }: SweepPlan,
  { trial, factors, iterations }: TrialAttempt,
): TrialOrder {
  const planned = trials[trial];
  if (planned?.program === undefined) {
    throw new SweepFilesError(
      planned
        ? `trial ${trial} of run ${run} cannot be tried: its formula is none`
        : `run ${run} has ${trials.length} trials, and none of number ${trial}`,
    );
  }
  const whole = recipeFromJson(planned.recipe);
  const recipe = { ...whole, als: { ...whole.als, factors, iterations } };
  return { trial, recipe, program: checkConfidenceProgram(planned.program, `trial ${trial} of run ${run}`) };
}

/** Whether an attempt is less than its trial's recipe asks for: a round of a search that only compares. */
export function isCheap({ trials }: SweepPlan, { trial, factors, iterations }: TrialAttempt): boolean {
  const { als } = recipeFromJson(trials[trial].recipe);
  return factors !== als.factors || iterations !== als.iterations;
}

export function attemptOf({ trial, recipe: { als } }: Pick<TrialOrder, "trial" | "recipe">): TrialAttempt {
  return { trial, factors: als.factors, iterations: als.iterations };
}

function planTrial({ recipe, program }: PlannedRecipe): SweepPlan["trials"][number] {
  const json = program && (JSON.parse(JSON.stringify(program)) as z.infer<ReturnType<typeof z.json>>);
  return { recipe: recipeToJson(recipe), ...(json !== undefined && { program: json }) };
}

/** There are no more pairs than events. */
function sizesOf({ train }: SweepParts): SweepPlan["sizes"] {
  return { userCount: train.users.count, itemCount: train.items.count, pairCount: train.length };
}

function toJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function fromJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
