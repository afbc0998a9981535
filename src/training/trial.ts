import type { RowCrew } from "../als/crew.ts";
import { trainKernel } from "../als/kernel.ts";
import { makeProblem } from "../als/objective.ts";
import type { AlsCheckpoint } from "../als/train.ts";
import { nameCut } from "../evaluation/cut.ts";
import { evaluate, type Report, type TaskReport } from "../evaluation/evaluate.ts";
import { type HeldOut, holdOutTruth, type Target, targetTypes } from "../evaluation/held-out.ts";
import { figureValue, type MetricName } from "../evaluation/metrics.ts";
import { recommendByModel } from "../evaluation/model-recommend.ts";
import { aggregateBy, digestOf, type Interactions } from "../interactions/aggregate.ts";
import type { ConfidenceSettings } from "../interactions/confidence.ts";
import type { ConfidenceProgram } from "../interactions/confidence-program.ts";
import { type EventLog, rowsWhere, selectEvents } from "../interactions/event-log.ts";
import { MeanResampler } from "../math/bootstrap.ts";
import { Random } from "../math/random.ts";
import type { Criterion } from "./criterion.ts";
import type { Recipe } from "./grid.ts";
import { modelFrom } from "./model-from.ts";

/** A recipe to try, its formula compiled by whoever orders it. */
export interface TrialOrder {
  readonly trial: number;
  readonly recipe: Recipe;
  readonly program: ConfidenceProgram;
}

/** One iteration as it went: the objective's value and the criterion on validation. */
export interface TrialIteration {
  readonly iteration: number;
  readonly loss: number;
  readonly value: number;
  /** the ends of the value's 95 % interval over the judged users */
  readonly interval?: { readonly low: number; readonly high: number };
  /** since the trial began */
  readonly seconds: number;
}

/** What a trial may spend. */
export type TrialBudget = Pick<Recipe["als"], "factors" | "iterations">;

/** What the best iteration was worth to each judged user. */
export interface JudgedUsers {
  /** as `nameCut` names it: values of the same cut have the same users in the same order */
  readonly cut: string;
  /** (users) */
  readonly values: Float32Array;
}

export interface TrialOutcome {
  readonly trial: number;
  readonly recipe: Recipe;
  readonly iterations: readonly TrialIteration[];
  /** the iteration that validation liked most; absent where the trial failed */
  readonly best?: TrialIteration;
  readonly seconds: number;
  /** less than its recipe's, where a search went on without it: its figures are of so much */
  readonly fellOutAt?: TrialBudget;
  /** why the trial has no result */
  readonly error?: string;
  /** absent where the trial failed */
  readonly judged?: JudgedUsers;
  /** ms since 1970 */
  readonly startedAt?: number;
  /** the most that the process was seen to hold after an iteration, other trials' memory included */
  readonly peakMemoryBytes?: number;
}

/** Where a trial was when it was interrupted: from there it goes on to the same end. */
export interface TrialCheckpoint {
  readonly iterations: readonly TrialIteration[];
  /** of the best iteration so far */
  readonly judged?: JudgedUsers | undefined;
  /** (users × factors) */
  readonly users: AlsCheckpoint["users"];
}

/** How a trial is carried out where it is more than one thread's work from the beginning. */
export interface TrialConduct {
  readonly crew?: RowCrew;
  readonly from?: TrialCheckpoint | undefined;
  /** told after each iteration behind which another one follows; what it throws ends the trial */
  onCheckpoint?(checkpoint: TrialCheckpoint): Promise<void>;
}

/** Users of the validation part that every iteration is judged by; more would only sharpen what is clear. */
const judgedUsersMax = 5000;

/** The events of at most `judgedUsersMax` users with any that count, drawn with a seed: the same for every trial. */
export function sampleUsers(log: EventLog, target: Target): EventLog {
  const counts = targetTypes(log, target);
  const present = new Uint8Array(log.users.count);
  for (let row = 0; row < log.length; row++) if (counts[log.type[row]]) present[log.user[row]] = 1;
  const users = rowsWhere(present.length, (user) => present[user] === 1);
  if (users.length <= judgedUsersMax) return log;
  for (const user of new Random("judged users").shuffle(users).subarray(judgedUsersMax)) present[user] = 0;
  return selectEvents(
    log,
    rowsWhere(log.length, (row) => present[log.user[row]] === 1),
  );
}

/** Iterations without improvement after which a trial stops. */
const patience = 2;

/** Of the bootstrap after every iteration: enough to see what is noise, and next to nothing beside the training. */
const resamples = 200;

/** What every trial of a sweep reads: the fitted part, the part that chooses, and the figure that decides. */
export class TrialBench {
  readonly #train: EventLog;
  readonly #validation: EventLog;
  readonly #criterion: Criterion;
  readonly #hiddenDigest: string;
  #resampler: MeanResampler | undefined;
  #fitted: { key: string; interactions: Interactions; truth: HeldOut } | undefined;

  constructor(train: EventLog, validation: EventLog, criterion: Criterion) {
    this.#train = train;
    this.#validation = sampleUsers(validation, criterion.target);
    this.#criterion = criterion;
    this.#hiddenDigest = digestOf(this.#validation);
  }

  /** Trains and watches validation after every iteration; stops when it no longer improves. */
  async run(
    { trial, recipe, program }: TrialOrder,
    onIteration: (done: TrialIteration) => void,
    { crew, from, onCheckpoint }: TrialConduct = {},
  ): Promise<TrialOutcome> {
    const startedAt = Date.now();
    const begun = performance.now();
    const iterations: TrialIteration[] = [...(from?.iterations ?? [])];
    const secondsBefore = iterations.at(-1)?.seconds ?? 0;
    const seconds = (): number => secondsBefore + (performance.now() - begun) / 1000;
    let judged: JudgedUsers | undefined = from?.judged;
    let peakMemoryBytes = 0;
    const { interactions, truth } = this.#prepare(recipe.confidence, program);
    const problem = makeProblem(interactions.confidence, recipe.als);
    await trainKernel(problem, recipe.als, {
      ...(crew && { crew }),
      ...(from && { from: { iteration: iterations.length, users: from.users } }),
      onIteration: async ({ iteration, loss }, factors, usersNow) => {
        const trained = { problem, factors: await factors() };
        // Judged once and dropped: rows are at hand, so none is folded in.
        const model = modelFrom(interactions, recipe, trained, { neighbourCount: 0, userFactors: true });
        const { value, interval, users } = this.#judge(
          evaluate(recommendByModel(model), truth, this.#quick()),
        );
        peakMemoryBytes = Math.max(peakMemoryBytes, process.memoryUsage.rss());
        const done = { iteration, loss, value, interval, seconds: seconds() };
        iterations.push(done);
        if (bestOf(iterations) === done) judged = this.#valuesOf(users, interactions);
        onIteration(done);
        const stops = iteration - bestOf(iterations).iteration >= patience;
        if (onCheckpoint && !stops && iteration < recipe.als.iterations) {
          await onCheckpoint({ iterations: [...iterations], judged, users: usersNow() });
        }
        return stops;
      },
    });
    const best = bestOf(iterations);
    const kept = { ...(judged && { judged }), startedAt, peakMemoryBytes };
    return { trial, recipe, iterations, best, seconds: seconds(), ...kept };
  }

  /** Trials that share a confidence share its matrix. */
  #prepare(
    confidence: ConfidenceSettings,
    program: ConfidenceProgram,
  ): { interactions: Interactions; truth: HeldOut } {
    const key = JSON.stringify(confidence);
    if (this.#fitted?.key !== key) {
      const interactions = aggregateBy(this.#train, confidence, program);
      this.#fitted = {
        key,
        interactions,
        truth: holdOutTruth(interactions, this.#validation, this.#criterion),
      };
    }
    return this.#fitted;
  }

  #quick() {
    const { k, task } = this.#criterion;
    return { ks: [k], tasks: [task], resamples: 0, seed: 1 };
  }

  /** The figure that chooses with its interval, and what it is the mean of. */
  #judge(report: Report) {
    const { task, metric, k } = this.#criterion;
    const users = report.tasks[task];
    const figure = users?.figures[`${metric}@${k}`];
    if (!users || figure === undefined) {
      throw new Error("no user of the validation part has anything relevant to find");
    }
    const values = this.#column(users);
    // The same users are asked in every trial, but where recipes differ in what they count at all.
    if (this.#resampler?.rowCount !== values.length) {
      this.#resampler = new MeanResampler(values.length, { resamples, seed: 1 });
    }
    return { value: figureValue(figure), interval: this.#resampler.ends(values), users };
  }

  #valuesOf(users: TaskReport, { digest: fitted }: Interactions): JudgedUsers {
    const digests = { fitted, hidden: this.#hiddenDigest };
    return { cut: nameCut(digests, this.#criterion.target, users.users), values: this.#column(users) };
  }

  #column({ perUser }: TaskReport): Float32Array {
    const { metric, k } = this.#criterion;
    return perUser[`${metric}@${k}` as MetricName];
  }
}

function bestOf(iterations: readonly TrialIteration[]): TrialIteration {
  return iterations.reduce((best, next) => (next.value > best.value ? next : best));
}
