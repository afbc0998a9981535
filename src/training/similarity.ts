import { trainKernel } from "../als/kernel.ts";
import { makeProblem } from "../als/objective.ts";
import { comparePaired } from "../evaluation/compare.ts";
import { scoreRanking } from "../evaluation/metrics.ts";
import { aggregate } from "../interactions/aggregate-by-formula.ts";
import { groupBaskets, sessionRule } from "../interactions/baskets.ts";
import type { EventLog } from "../interactions/event-log.ts";
import type { IdTable } from "../math/id-table.ts";
import { Random } from "../math/random.ts";
import { similarRows } from "../model/companion-rows.ts";
import { type Similarity, similarities } from "../model/header.ts";
import { findItemTables } from "../model/item-tables.ts";
import type { Model } from "../model/model.ts";
import { ThreadCrew } from "./crew.ts";
import type { Recipe } from "./grid.ts";
import { modelFrom } from "./model-from.ts";

/** Visits of at least two items that validation must hold to choose by, and that it is asked at most. */
const visitsMin = 200;
const visitsMax = 2000;

/** One item of a visit, by which its others are to be found. */
export interface VisitQuestion {
  readonly itemRow: number;
  readonly others: ReadonlySet<number>;
}

/** Visits of a held-out part, of which one item each, drawn with a seed, is given. */
export function visitQuestions(log: EventLog, items: IdTable): VisitQuestion[] {
  const { starts, columns, rowCount } = groupBaskets(log, items, sessionRule(log));
  const random = new Random("visits");
  const order = random.shuffle(Uint32Array.from({ length: rowCount }, (_, at) => at));
  const questions: VisitQuestion[] = [];
  for (const visit of order) {
    const rows = columns.subarray(starts[visit], starts[visit + 1]);
    if (rows.length < 2 || questions.length === visitsMax) continue;
    const itemRow = rows[random.integer(rows.length)];
    questions.push({ itemRow, others: new Set(rows.filter((row) => row !== itemRow)) });
  }
  return questions;
}

/** (questions): NDCG@10 with which the others of a visit are found by one of its items. */
export function judgeSimilar(model: Model, questions: readonly VisitQuestion[]): Float32Array {
  return Float32Array.from(questions, ({ itemRow, others }) => {
    const { rows } = similarRows(model, itemRow, { k: 10 });
    return scoreRanking(Array.from(rows), others, [10])["ndcg@10"];
  });
}

/**
 * The recipe with how similar items are found: by fold-in of a history of one item, unless validation finds the other
 * items of a visit better in another way, by a 95 % paired interval.
 */
export async function withSimilarity(
  recipe: Recipe,
  { train, validation }: { readonly train: EventLog; readonly validation: EventLog },
  { threads, signal }: { readonly threads: number; readonly signal?: AbortSignal },
): Promise<Recipe> {
  const interactions = aggregate(train, recipe.confidence);
  const questions = visitQuestions(validation, interactions.items);
  if (questions.length < visitsMin) return { ...recipe, similarity: "fold-in" };
  const problem = makeProblem(interactions.confidence, recipe.als);
  const crew = new ThreadCrew(threads, signal);
  const factors = await trainKernel(problem, recipe.als, { crew }).finally(() => crew.close());
  const judge = async (similarity: Similarity): Promise<Float32Array> => {
    // An interruption is heard before each.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    const itemTables = findItemTables(train, interactions, similarity);
    const stored = { neighbourCount: 0, itemTables };
    return judgeSimilar(
      modelFrom(interactions, { ...recipe, similarity }, { problem, factors }, stored),
      questions,
    );
  };
  const reference = await judge("fold-in");
  let best: { readonly similarity: Similarity; readonly gain: number } = { similarity: "fold-in", gain: 0 };
  for (const similarity of similarities.filter((way) => way !== "fold-in")) {
    const { value: gain, low } = comparePaired(reference, await judge(similarity), { seed: 1 });
    if (low > 0 && gain > best.gain) best = { similarity, gain };
  }
  return { ...recipe, similarity: best.similarity };
}
