import { chooseTarget, holdOutTruth, type Target, type Task } from "../evaluation/held-out.ts";
import { aggregate } from "../interactions/aggregate-by-formula.ts";
import type { EventLog } from "../interactions/event-log.ts";
import { countingSort } from "../interactions/pair-sums.ts";
import type { Recipe } from "./grid.ts";

/** The figure that chooses, such as NDCG@10 over all items, of what is bought. */
export interface Criterion {
  readonly task: Task;
  readonly metric: string;
  readonly k: number;
  /** which hidden events count */
  readonly target: Target;
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
