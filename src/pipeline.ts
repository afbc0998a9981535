import { isDeepStrictEqual } from "node:util";
import type { Baseline } from "./evaluation/baselines/baseline.ts";
import { standardBaselines } from "./evaluation/baselines/standard.ts";
import { Contest, type Entrant } from "./evaluation/contest.ts";
import { chooseTarget, type Target } from "./evaluation/held-out.ts";
import { recommendByModel } from "./evaluation/model-recommend.ts";
import type { EventLog } from "./interactions/event-log.ts";
import { type HoldOutOptions, holdOut, type Split } from "./interactions/holdout.ts";
import { joinLogs } from "./interactions/joined-log.ts";
import { ThreadCrew } from "./training/crew.ts";
import {
  type Choice,
  type Criterion,
  canJudge,
  criterionFor,
  validationTarget,
} from "./training/criterion.ts";
import { type Fitted, fitRecipe } from "./training/fit.ts";
import { expandGrid, type Grid, type Recipe, withoutTimes } from "./training/grid.ts";
import type { SearchMethod } from "./training/halving.ts";
import type { TrialJournal } from "./training/journal.ts";
import { withRepeatWeight } from "./training/repeat.ts";
import { withSimilarity } from "./training/similarity.ts";
import { bestTrial, type OpenTrialPlace, sweep, trialsTooLarge } from "./training/sweep.ts";
import type { TrialIteration, TrialOutcome } from "./training/trial.ts";

/** What is learnt from. */
export interface Shop {
  readonly events: EventLog;
  /** what nobody but a generator knows: the leaderboard's ceiling */
  readonly oracle?: Baseline | undefined;
}

/** How to go about it. */
export interface TrainingOrder {
  readonly base: Recipe;
  readonly grid: Grid;
  /** at most so many trials, drawn from the grid */
  readonly trialCount?: number;
  /** how the grid is searched; `grid` runs every trial to its end, and is what is done unless said */
  readonly search?: SearchMethod;
  readonly seed: number;
  readonly holdOut: Omit<HoldOutOptions, "seed">;
  readonly target?: Target;
  /** the figure by which validation chooses */
  readonly choice: Choice;
  readonly ks: readonly number[];
  readonly threads: number;
  readonly memoryBytes: number;
  /** serve a last fit on everything, or the very one that was scored */
  readonly refit: boolean;
  readonly signal?: AbortSignal;
  /** where trials run: on this machine's threads unless said */
  readonly place?: OpenTrialPlace | undefined;
  /** opens what is kept of the trials, before the first of them; what it throws ends the training */
  readonly journal?: ((plan: TrainingPlan) => Promise<TrialJournal>) | undefined;
}

/** What is about to be tried. */
export interface TrainingPlan {
  readonly split: Split;
  readonly criterion: Criterion;
  /** none where validation could not choose */
  readonly recipes: readonly Recipe[];
  /** of these, the ones that memory does not hold */
  readonly tooLarge: readonly number[];
}

/** What happens on the way, for whoever watches. */
export interface Watcher {
  split?(split: Split): void;
  trials?(count: number): void;
  iteration?(trial: number, iteration: TrialIteration): void;
  outcome?(outcome: TrialOutcome): void;
  stage?(name: string): void;
  /** after each recommender that was measured on the test part */
  measured?(contest: Contest, criterion: Criterion): void;
}

/** From events to a model and what is known of it. */
export interface Trained {
  readonly recipe: Recipe;
  readonly criterion: Criterion;
  readonly split: Split;
  /** none where validation could not have chosen */
  readonly outcomes: readonly TrialOutcome[];
  /** the one that was chosen; absent where there was none */
  readonly trial?: number | undefined;
  readonly contest: Contest;
  /** ours among the contest's */
  readonly entrant: Entrant;
  /** fitted to all but the test part, and scored on that once */
  readonly scored: Fitted;
  /** what is to be served */
  readonly served: Fitted;
}

/**
 * The walk of the data: hold out a validation and a test part, try every recipe and let validation choose, score
 * the winner on the test part once beside the baselines, and fit it again on everything.
 */
export async function train(shop: Shop, order: TrainingOrder, watch: Watcher = {}): Promise<Trained> {
  const { signal } = order;
  const split = holdOut(shop.events, { ...order.holdOut, seed: order.seed });
  watch.split?.(split);
  const known = joinLogs(split.train, split.validation);
  const target = order.target ?? chooseTarget(split.test);
  const criterion = criterionFor(order.choice, known, validationTarget(split.validation, target));
  const { chosen, ...tried } = await choose(split, criterion, order, watch);

  const crew = new ThreadCrew(order.threads, signal);
  try {
    watch.stage?.("fit on train and validation");
    const scored = await fitRecipe(known, chosen, crew);
    watch.stage?.("score on the test part");
    const contest = new Contest(known, scored.interactions, split.test, { ...order, target });
    const entrant = contest.enter("aisle", "aisle (iALS)", recommendByModel(scored.model));
    watch.measured?.(contest, criterion);
    for (const baseline of [...standardBaselines, ...(shop.oracle ? [shop.oracle] : [])]) {
      await contest.enterBaselines([baseline], signal);
      watch.measured?.(contest, criterion);
    }
    // A test part in a file of its own stays unread by every fit: the scored one has seen all the rest already.
    const isRefitted = order.refit && split.method !== "file" && split.test.length > 0;
    if (isRefitted) watch.stage?.("fit on everything");
    const served = isRefitted ? await fitRecipe(shop.events, chosen, crew) : scored;
    return { recipe: chosen, criterion, split, ...tried, contest, entrant, scored, served };
  } finally {
    await crew.close();
  }
}

/** Tries every recipe on the train part and takes what validation likes most, for as long as it liked it. */
async function choose(split: Split, criterion: Criterion, order: TrainingOrder, watch: Watcher) {
  const grid = expandGrid(order.grid, order.base, order.trialCount, order.seed);
  const recipes = split.train.hasTime ? grid : withoutTimes(grid);
  const plan = (planned: readonly Recipe[]) => {
    const tooLarge = trialsTooLarge(planned, split.train, order);
    return order.journal?.({ split, criterion, recipes: planned, tooLarge });
  };
  if (!canJudge(split, recipes[0], criterion)) {
    watch.stage?.("nobody in the validation part has anything to find: the settings are taken untried");
    await plan([]);
    const isBase = (recipe: Recipe): boolean => isDeepStrictEqual(recipe, order.base);
    return { chosen: recipes.find(isBase) ?? recipes[0], outcomes: [] };
  }
  const journal = await plan(recipes);
  watch.trials?.(recipes.length);
  const outcomes = await sweep(recipes, split.train, split.validation, {
    ...order,
    criterion,
    journal,
    onIteration: watch.iteration,
    onOutcome: watch.outcome,
  });
  const { trial, recipe, best } = bestTrial(outcomes);
  const found = { ...recipe, als: { ...recipe.als, iterations: best.iteration } };
  watch.stage?.("weigh what users take again");
  const weighed = await withRepeatWeight(found, split, criterion, order);
  watch.stage?.("find how similar items are found");
  return { chosen: await withSimilarity(weighed, split, order), outcomes, trial };
}
