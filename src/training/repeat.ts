import { trainKernel } from "../als/kernel.ts";
import { makeProblem } from "../als/objective.ts";
import { comparePaired } from "../evaluation/compare.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { holdOutTruth } from "../evaluation/held-out.ts";
import type { MetricName } from "../evaluation/metrics.ts";
import { recommendByModel } from "../evaluation/model-recommend.ts";
import { aggregate } from "../interactions/aggregate-by-formula.ts";
import type { EventLog } from "../interactions/event-log.ts";
import { ThreadCrew } from "./crew.ts";
import type { Criterion } from "./criterion.ts";
import type { Recipe } from "./grid.ts";
import { modelFrom } from "./model-from.ts";
import { sampleUsers } from "./trial.ts";

/** What is tried; docs/experiments.md tells what it brings. */
const repeatWeights: readonly number[] = [0.01, 0.03, 0.1, 0.3, 1];

/**
 * The recipe with the weight of repeats that validation likes most, where it likes it more than none by a 95 %
 * paired interval; else the recipe as it is. Only lists over all items have repeats.
 */
export async function withRepeatWeight(
  recipe: Recipe,
  { train, validation }: { readonly train: EventLog; readonly validation: EventLog },
  criterion: Criterion,
  { threads, signal }: { readonly threads: number; readonly signal?: AbortSignal },
): Promise<Recipe> {
  if (criterion.task !== "all") return recipe;
  const interactions = aggregate(train, recipe.confidence);
  const truth = holdOutTruth(interactions, sampleUsers(validation, criterion.target), criterion);
  const problem = makeProblem(interactions.confidence, recipe.als);
  const crew = new ThreadCrew(threads, signal);
  const factors = await trainKernel(problem, recipe.als, { crew }).finally(() => crew.close());
  /** (users): the figure that chooses */
  const judge = async (repeatWeight: number): Promise<Float32Array> => {
    // An interruption is heard before each.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    const stored = { neighbourCount: 0, userFactors: true };
    const model = modelFrom(interactions, { ...recipe, repeatWeight }, { problem, factors }, stored);
    const quick = { ks: [criterion.k], tasks: [criterion.task], resamples: 0, seed: 1 };
    const report = evaluate(recommendByModel(model), truth, quick).tasks[criterion.task];
    return report?.perUser[`${criterion.metric}@${criterion.k}` as MetricName] ?? new Float32Array();
  };
  const without = await judge(0);
  let best: { readonly repeatWeight: number; readonly gain: number } | undefined;
  for (const repeatWeight of repeatWeights) {
    const { value: gain, low } = comparePaired(without, await judge(repeatWeight), { seed: 1 });
    if (low > 0 && gain > (best?.gain ?? 0)) best = { repeatWeight, gain };
  }
  return best ? { ...recipe, repeatWeight: best.repeatWeight } : recipe;
}
