import type { Recipe } from "./grid.ts";
import type { TrialBudget, TrialOrder, TrialOutcome } from "./trial.ts";

export const searchMethods = ["halving", "grid"] as const;
/** Cheap trials of all recipes and whole ones of the best; or whole ones of all. */
export type SearchMethod = (typeof searchMethods)[number];

/** A round of cheap trials: a part of a recipe's factors, few iterations, and how many recipes go on. */
export interface Rung {
  readonly factorShare: number;
  readonly iterations: number;
  readonly keep: number;
}

/** With fewer recipes than this a cheap round saves nothing worth a wrong choice. */
const halvedFrom = 5;
/** Below, factors tell recipes apart no longer, and cost next to nothing. */
const factorsMin = 8;

/**
 * The rounds before the whole trials, for so many recipes: all at an eighth of their factors, a sixth of them at
 * half, an eighteenth at all, and of these half, a single one of few, to their end. One iteration each, since
 * training starts from the spectrum: the first is within a few percent of the best. docs/experiments.md shows what
 * this finds and costs.
 */
export function rungsFor(recipeCount: number): Rung[] {
  if (recipeCount < halvedFrom) return [];
  const part = (divisor: number, least: number): number => Math.max(least, Math.ceil(recipeCount / divisor));
  return [
    { factorShare: 1 / 8, iterations: 1, keep: part(6, 4) },
    { factorShare: 1 / 2, iterations: 1, keep: part(18, 3) },
    { factorShare: 1, iterations: 1, keep: part(36, 1) },
  ];
}

/** The recipe as a rung tries it. */
export function reduceRecipe(recipe: Recipe, rung: Rung): Recipe {
  return { ...recipe, als: { ...recipe.als, ...budgetOf(recipe, rung) } };
}

function budgetOf({ als }: Recipe, { factorShare, iterations }: Rung): TrialBudget {
  const part = Math.max(factorsMin, Math.round(als.factors * factorShare));
  return { factors: Math.min(als.factors, part), iterations: Math.min(als.iterations, iterations) };
}

/** Runs orders, as the rung reduces them where there is one, and tells how each ended, in the orders' order. */
export type Attempt = (orders: readonly TrialOrder[], rung?: Rung) => Promise<readonly TrialOutcome[]>;

/**
 * Successive halving (Jamieson and Talwalkar 2016): rung by rung the better recipes go on, and the last ones run to
 * their end. Where all of these fail, the next best of the last rung take their place. `fellOut` hears of
 * every recipe that did not get that far, unless it failed.
 */
export async function halve(
  orders: readonly TrialOrder[],
  attempt: Attempt,
  fellOut: (outcome: TrialOutcome) => void,
): Promise<void> {
  let left = orders;
  let spare: { order: TrialOrder; outcome: TrialOutcome }[] = [];
  for (const rung of rungsFor(orders.length)) {
    for (const { outcome } of spare) fellOut(outcome);
    const ranked = rankOrders(left, await attempt(left, rung), rung);
    left = ranked.slice(0, rung.keep).map(({ order }) => order);
    spare = ranked.slice(rung.keep);
  }
  while (left.length > 0) {
    const outcomes = await attempt(left);
    if (outcomes.some(({ best }) => best !== undefined)) break;
    left = spare.splice(0, left.length).map(({ order }) => order);
  }
  for (const { outcome } of spare) fellOut(outcome);
}

/** What came to a result, best first and equals as they stood, with the outcome it has if it gets no further. */
function rankOrders(orders: readonly TrialOrder[], outcomes: readonly TrialOutcome[], rung: Rung) {
  const order = (trial: number): TrialOrder | undefined => orders.find((one) => one.trial === trial);
  return outcomes
    .flatMap((outcome) => {
      const whole = order(outcome.trial);
      if (!outcome.best || !whole) return [];
      const { recipe } = whole;
      const fallen: TrialOutcome = { ...outcome, recipe, fellOutAt: budgetOf(recipe, rung) };
      return [{ order: whole, value: outcome.best.value, outcome: fallen }];
    })
    .sort((a, b) => b.value - a.value);
}
