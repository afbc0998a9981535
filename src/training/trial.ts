import { trainKernel } from "../als/kernel.ts";
import { makeProblem } from "../als/objective.ts";
import { evaluate, type Report } from "../evaluation/evaluate.ts";
import {
  chooseTarget,
  type HeldOut,
  holdOutTruth,
  type Target,
  type Task,
  targetTypes,
} from "../evaluation/held-out.ts";
import { figureValue } from "../evaluation/metrics.ts";
import { recommendByModel } from "../evaluation/model-recommend.ts";
import { aggregate, type Interactions } from "../interactions/aggregate.ts";
import type { ConfidenceSettings } from "../interactions/confidence.ts";
import { type EventLog, rowsWhere, selectEvents } from "../interactions/event-log.ts";
import { countingSort } from "../interactions/pair-sums.ts";
import { Random } from "../math/random.ts";
import { modelFrom } from "./fit.ts";
import type { Recipe } from "./grid.ts";

/** The figure that chooses, such as NDCG@10 over all items, of what is bought. */
export interface Criterion {
  readonly task: Task;
  readonly metric: string;
  readonly k: number;
  /** which hidden events count */
  readonly target: Target;
}

/** One iteration as it went: the objective's value and the criterion on validation. */
export interface TrialIteration {
  readonly iteration: number;
  readonly loss: number;
  readonly value: number;
  /** since the trial began */
  readonly seconds: number;
}

export interface TrialOutcome {
  readonly trial: number;
  readonly recipe: Recipe;
  readonly iterations: readonly TrialIteration[];
  /** the iteration that validation liked most; absent where the trial failed */
  readonly best?: TrialIteration;
  readonly seconds: number;
  /** why the trial has no result */
  readonly error?: string;
}

/** What validation is asked: one figure, of one task; none decides by the data, as `criterionFor` says. */
export interface Choice extends Omit<Criterion, "task" | "target"> {
  readonly task?: Task | undefined;
}

/**
 * The criterion with its task: all items, unless what may be learnt from (`known`) has no repeats. There, nobody
 * takes an item twice, and a list that hides nothing would mostly hold what the user already has.
 */
export function criterionFor({ task, metric, k }: Choice, known: EventLog, target: Target): Criterion {
  return { task: task ?? (hasRepeats(known) ? "all" : "new"), metric, k, target };
}

/** Validation aims at what the test is going to measure, as long as it holds any of that. */
export function validationTarget(validation: EventLog, testTarget: Target): Target {
  return chooseTarget(validation, 1) === "purchase" ? testTarget : "any";
}

/** Whether validation has anything to say: someone in it has something to find that the recipe's fit leaves open. */
export function canJudge(
  { train, validation }: { readonly train: EventLog; readonly validation: EventLog },
  recipe: Recipe,
  criterion: Criterion,
): boolean {
  if (validation.length === 0 || train.length === 0) return false;
  const truth = holdOutTruth(aggregate(train, recipe.confidence), validation, criterion);
  return truth.relevant[criterion.task].items.length > 0;
}

/** Whether anybody took an item twice: each user's events in turn, an item being marked with the user who took it last. */
function hasRepeats({ user, item, users, items }: EventLog): boolean {
  const takenBy = new Uint32Array(items.count);
  for (const row of countingSort(undefined, user, users.count)) {
    if (takenBy[item[row]] === user[row] + 1) return true;
    takenBy[item[row]] = user[row] + 1;
  }
  return false;
}

/** Users of the validation part that every iteration is judged by; more would only sharpen what is clear. */
const judgedUsersMax = 5000;

/** The events of at most `judgedUsersMax` users with any that count, drawn with a seed: the same for every trial. */
function sampleUsers(log: EventLog, target: Target): EventLog {
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

/** What every trial of a sweep reads: the fitted part, the part that chooses, and the figure that decides. */
export class TrialBench {
  readonly #train: EventLog;
  readonly #validation: EventLog;
  readonly #criterion: Criterion;
  #fitted: { key: string; interactions: Interactions; truth: HeldOut } | undefined;

  constructor(train: EventLog, validation: EventLog, criterion: Criterion) {
    this.#train = train;
    this.#validation = sampleUsers(validation, criterion.target);
    this.#criterion = criterion;
  }

  /** Trains and watches validation after every iteration; stops when it no longer improves. */
  async run(
    trial: number,
    recipe: Recipe,
    onIteration: (done: TrialIteration) => void,
  ): Promise<TrialOutcome> {
    const begun = performance.now();
    const seconds = (): number => (performance.now() - begun) / 1000;
    const iterations: TrialIteration[] = [];
    const { interactions, truth } = this.#prepare(recipe.confidence);
    const problem = makeProblem(interactions.confidence, recipe.als);
    await trainKernel(problem, recipe.als, {
      onIteration: async ({ iteration, loss }, factors) => {
        const trained = { problem, factors: await factors() };
        // Judged once and dropped: rows are at hand, so none is folded in.
        const model = modelFrom(interactions, recipe, trained, { neighbourCount: 0, userFactors: true });
        const value = this.#judge(evaluate(recommendByModel(model), truth, this.#quick()));
        const done = { iteration, loss, value, seconds: seconds() };
        iterations.push(done);
        onIteration(done);
        return iteration - bestOf(iterations).iteration >= patience;
      },
    });
    return { trial, recipe, iterations, best: bestOf(iterations), seconds: seconds() };
  }

  /** Trials that share a confidence share its matrix. */
  #prepare(confidence: ConfidenceSettings): { interactions: Interactions; truth: HeldOut } {
    const key = JSON.stringify(confidence);
    if (this.#fitted?.key !== key) {
      const interactions = aggregate(this.#train, confidence);
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

  #judge(report: Report): number {
    const { task, metric, k } = this.#criterion;
    const figure = report.tasks[task]?.figures[`${metric}@${k}`];
    if (figure === undefined) throw new Error("no user of the validation part has anything relevant to find");
    return figureValue(figure);
  }
}

function bestOf(iterations: readonly TrialIteration[]): TrialIteration {
  return iterations.reduce((best, next) => (next.value > best.value ? next : best));
}
