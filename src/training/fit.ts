import type { RowCrew } from "../als/crew.ts";
import { trainKernel } from "../als/kernel.ts";
import { makeProblem } from "../als/objective.ts";
import type { Interactions } from "../interactions/aggregate.ts";
import { aggregate } from "../interactions/aggregate-by-formula.ts";
import type { EventLog } from "../interactions/event-log.ts";
import { findItemTables } from "../model/item-tables.ts";
import type { Model } from "../model/model.ts";
import type { Recipe } from "./grid.ts";
import { modelFrom } from "./model-from.ts";

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
  const itemTables = findItemTables(log, interactions, recipe.similarity ?? "cosine");
  return {
    interactions,
    model: modelFrom(interactions, recipe, { problem, factors }, { itemTables }),
    eventCount: log.length,
  };
}

/** A model without factors: it answers with what is popular and trending, the moment the events exist. */
export function fitPopularity(log: EventLog, recipe: Recipe): Fitted {
  const interactions = aggregate(log, recipe.confidence);
  const itemTables = findItemTables(log, interactions, "cosine");
  return {
    interactions,
    model: modelFrom(interactions, recipe, undefined, { itemTables }),
    eventCount: log.length,
  };
}
