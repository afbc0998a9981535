import type { AlsFactors, AlsProblem } from "../als/objective.ts";
import type { Interactions } from "../interactions/aggregate.ts";
import { layOutModel, type ModelContents } from "../model/layout.ts";
import { type Model, openModel } from "../model/model.ts";
import type { Recipe } from "./grid.ts";

/** The model as it would be served, from what was trained so far. */
export function modelFrom(
  interactions: Interactions,
  recipe: Recipe,
  trained?: { readonly problem: AlsProblem; readonly factors: AlsFactors },
  stored: Pick<ModelContents, "neighbourCount" | "userFactors" | "itemTables"> = {},
): Model {
  const { popularityExponent, repeatWeight, similarity, als: settings } = recipe;
  if (!trained) return openModel(layOutModel({ interactions, ...stored }), "the model just made");
  const { problem, factors } = trained;
  const { itemWeights, observedScale } = problem;
  const buffer = layOutModel({
    interactions,
    fitted: { factors, settings, itemWeights, observedScale },
    popularityExponent,
    repeatWeight,
    similarity,
    ...stored,
  });
  return openModel(buffer, "the model just trained");
}
