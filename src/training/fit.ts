import type { RowCrew } from "../als/crew.ts";
import { trainKernel } from "../als/kernel.ts";
import { type AlsFactors, type AlsProblem, makeProblem } from "../als/objective.ts";
import { aggregate, type Interactions } from "../interactions/aggregate.ts";
import type { EventLog } from "../interactions/event-log.ts";
import { layOutModel, type ModelContents } from "../model/layout.ts";
import { type Model, openModel } from "../model/model.ts";
import type { Recipe } from "./grid.ts";

/** A recipe carried out on some events: in memory and ready to answer. */
export interface Fitted {
  readonly interactions: Interactions;
  readonly model: Model;
  /** how many events it was fitted to */
  readonly eventCount: number;
}

/** Trains `recipe` on `log` for exactly its iterations, on all the threads of `crew`. */
export async function fitRecipe(log: EventLog, recipe: Recipe, crew?: RowCrew): Promise<Fitted> {
  const interactions = aggregate(log, recipe.confidence);
  const problem = makeProblem(interactions.confidence, recipe.als);
  const factors = await trainKernel(problem, recipe.als, { ...(crew && { crew }) });
  return {
    interactions,
    model: modelFrom(interactions, recipe, { problem, factors }),
    eventCount: log.length,
  };
}

/** A model without factors: it answers with what is popular and trending, the moment the events exist. */
export function fitPopularity(log: EventLog, recipe: Recipe): Fitted {
  const interactions = aggregate(log, recipe.confidence);
  return { interactions, model: modelFrom(interactions, recipe), eventCount: log.length };
}

/** The model as it would be served, from what was trained so far. */
export function modelFrom(
  interactions: Interactions,
  recipe: Recipe,
  trained?: { readonly problem: AlsProblem; readonly factors: AlsFactors },
  stored: Pick<ModelContents, "neighbourCount" | "userFactors"> = {},
): Model {
  const { popularityExponent, als: settings } = recipe;
  if (!trained) return openModel(layOutModel({ interactions }), "the model just made");
  const { problem, factors } = trained;
  const { itemWeights, observedScale } = problem;
  const buffer = layOutModel({
    interactions,
    fitted: { factors, settings, itemWeights, observedScale },
    popularityExponent,
    ...stored,
  });
  return openModel(buffer, "the model just trained");
}
