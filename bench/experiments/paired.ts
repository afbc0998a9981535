import { comparePaired } from "../../src/evaluation/compare.ts";
import { evaluate, type Recommend } from "../../src/evaluation/evaluate.ts";
import { type HeldOut, holdOutTruth, type Task } from "../../src/evaluation/held-out.ts";
import { recommendByModel } from "../../src/evaluation/model-recommend.ts";
import type { EventLog } from "../../src/interactions/event-log.ts";
import { defaultGrid, defaultHalfLives, defaultRecipe } from "../../src/training/defaults.ts";
import { type Fitted, fitRecipe } from "../../src/training/fit.ts";
import { expandGrid, type Recipe, withoutTimes } from "../../src/training/grid.ts";
import { bestTrial, sweep } from "../../src/training/sweep.ts";
import type { Laboratory } from "./laboratory.ts";

/** The model that `aisle train` would choose, and who is to be found what on validation. */
export interface Reference extends Fitted {
  readonly recipe: Recipe;
  readonly truth: HeldOut;
  readonly log: EventLog;
}

const references = new Map<string, Promise<Reference>>();

/** Found once in a run, whatever asks for it. */
export function referenceOf(lab: Laboratory): Promise<Reference> {
  const known = references.get(lab.name) ?? findReference(lab);
  references.set(lab.name, known);
  return known;
}

async function findReference({ split, criterion }: Laboratory): Promise<Reference> {
  const confidence = defaultHalfLives.map((halfLifeDays) => ({ ...defaultRecipe.confidence, halfLifeDays }));
  const grid = expandGrid({ ...defaultGrid, confidence }, defaultRecipe);
  const recipes = split.train.hasTime ? grid : withoutTimes(grid);
  const outcomes = await sweep(recipes, split.train, split.validation, {
    ...{ criterion, search: "halving", threads: 1, memoryBytes: 2 ** 32 },
  });
  const { recipe: found, best } = bestTrial(outcomes);
  const recipe = { ...found, als: { ...found.als, iterations: best.iteration } };
  const { unobservedWeight, regularization } = recipe.als;
  const { halfLifeDays } = recipe.confidence;
  console.error(`  reference: α₀ ${unobservedWeight}, λ ${regularization}, half-life ${halfLifeDays}`);
  return fitOn(split.train, split.validation, recipe, criterion.target);
}

export async function fitOn(
  train: EventLog,
  validation: EventLog,
  recipe: Recipe,
  target: HeldOut["target"],
): Promise<Reference> {
  const fitted = await fitRecipe(train, recipe);
  const truth = holdOutTruth(fitted.interactions, validation, { target });
  return { ...fitted, recipe, truth, log: train };
}

/** (users): NDCG@10 of each, users in the truth's order. */
export function judgeUsers(recommend: Recommend, truth: HeldOut, task: Task = "all"): Float32Array {
  const report = evaluate(recommend, truth, { ks: [10], tasks: [task], resamples: 0, seed: 1 });
  return report.tasks[task]?.perUser["ndcg@10"] ?? new Float32Array(0);
}

export function judgeModel({ model, truth }: Reference, task: Task = "all"): Float32Array {
  return judgeUsers(recommendByModel(model), truth, task);
}

export interface Candidate {
  readonly name: string;
  /** (units): a figure of each user, or whatever is the unit */
  readonly values: Float32Array;
}

/**
 * The candidates against the reference, cross-fitted: what the even units like most is judged by the odd ones, and
 * the other way round, so that nobody judges a choice of their own.
 */
export function chosenAgainst(reference: Float32Array, candidates: readonly Candidate[]): string[] {
  const best = [0, 1].map((half) => bestBy(candidates, half));
  const values = reference.map((_, at) => best[1 - (at % 2)].values[at]);
  const { champion, challenger, value, low, high } = comparePaired(reference, values, { seed: 1 });
  const names = [...new Set(best.map(({ name }) => name))].join(" or ");
  const difference = `${signed(value)} <sub>${signed(low)} to ${signed(high)}</sub>`;
  const verdict = low > 0 ? "better" : high < 0 ? "worse" : "cannot tell";
  return [names, champion.toFixed(4), challenger.toFixed(4), difference, verdict];
}

export const chosenHead = [
  "variant, chosen by the other half",
  "reference",
  "variant",
  "difference",
  "verdict",
];

/** What the even (0) or the odd (1) units like most. */
function bestBy(candidates: readonly Candidate[], half: number): Candidate {
  const mean = ({ values }: Candidate): number => {
    const own = values.filter((_, at) => at % 2 === half);
    return own.reduce((sum, one) => sum + one, 0) / own.length;
  };
  return candidates.reduce((best, next) => (mean(next) > mean(best) ? next : best));
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
}

/** A line of a table, said as soon as it is known: tables come at the end. */
export function told(line: string[]): string[] {
  console.error(`  ${line.join("; ")}`);
  return line;
}
