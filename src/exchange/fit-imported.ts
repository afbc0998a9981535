import type { AlsSettings } from "../als/objective.ts";
import type { Interactions } from "../interactions/aggregate.ts";
import type { EventLog } from "../interactions/event-log.ts";
import { symmetricEigen } from "../math/eigen.ts";
import type { IdTable } from "../math/id-table.ts";
import { findItemTables } from "../model/item-tables.ts";
import { layOutModel } from "../model/layout.ts";
import { openModel } from "../model/model.ts";
import type { Fitted } from "../training/fit.ts";
import type { Recipe } from "../training/grid.ts";
import { gramOf } from "./equation.ts";
import { ExchangeError } from "./exchange-error.ts";
import { type FactorRows, type ImportedFactors, termsOf } from "./imported-factors.ts";

/** An imported recipe: one that says where its factors come from. */
export type ImportedRecipe = Recipe & Required<Pick<Recipe, "imported">>;

/**
 * A model of imported factors and of the events they were fitted to, from which come histories, popularity, trends and
 * companions. Factors are rotated to their principal axes, as the search for the best items wants them: an orthogonal
 * rotation of users and items alike leaves scores and every row's equation as they are, but for rounding to f32.
 * @param log the events that the factors were fitted to, and no others
 * @param interactions the same, summed by the recipe's confidence
 * @throws ExchangeError where an item or a stored user has no factors
 */
export function fitImported(
  log: EventLog,
  interactions: Interactions,
  factors: ImportedFactors,
  recipe: ImportedRecipe,
): Fitted {
  const { rank, by } = factors;
  const { vectors: axes } = symmetricEigen(gramOf(factors.items.vectors, rank), rank);
  const items = { ids: factors.items.ids, vectors: rotate(factors.items.vectors, axes, rank) };
  const isStored = recipe.imported.users === "given";
  const users = isStored
    ? placeRows(interactions.users, rotated(factors.users, axes, rank), rank)
    : new Float32Array(0);
  const similarity = recipe.similarity ?? "fold-in";
  const buffer = layOutModel({
    interactions,
    fitted: {
      // Items without an event are left out of the model, but not of the equation that they were part of.
      factors: {
        rank,
        users,
        items: placeRows(interactions.items, items, rank),
        gram: gramOf(items.vectors, rank),
      },
      settings: recipe.als satisfies AlsSettings,
      itemWeights: new Float32Array(interactions.items.count).fill(1),
      observedScale: new Float32Array(interactions.items.count).fill(recipe.imported.alpha),
      observedTerms: termsOf(by),
    },
    similarity,
    itemTables: findItemTables(log, interactions, similarity),
    // Spark's rows are the equation's, and stored where that serves better; others' rows must be stored to be served.
    ...(!isStored ? { userFactors: false } : by === "spark" ? {} : { userFactors: true }),
  });
  const model = openModel(buffer, "the model just imported");
  if (isStored && by !== "spark" && !model.hasUserFactors) {
    throw new ExchangeError(
      `${factors.where}: its user rows and the histories do not fit into one file of 4 GiB: import with --users solved`,
    );
  }
  return { interactions, model, eventCount: log.length };
}

function rotated({ ids, vectors }: FactorRows, axes: Float64Array, rank: number): FactorRows {
  return { ids, vectors: rotate(vectors, axes, rank) };
}

/** Each row as its products with the axes, (rank, rank) row-major. */
function rotate(vectors: Float32Array, axes: Float64Array, rank: number): Float32Array {
  const turned = new Float32Array(vectors.length);
  for (let from = 0; from < vectors.length; from += rank) {
    for (let axis = 0; axis < rank; axis++) {
      let product = 0;
      for (let k = 0; k < rank; k++) product += vectors[from + k] * axes[axis * rank + k];
      turned[from + axis] = product;
    }
  }
  return turned;
}

/** (ids, rank): the rows of `ids`, each of which `given` has. */
function placeRows(ids: IdTable, given: FactorRows, rank: number): Float32Array {
  const placed = new Float32Array(ids.count * rank);
  for (let row = 0; row < ids.count; row++) {
    const from = given.ids.row(ids.id(row));
    if (from < 0) throw new ExchangeError(`"${ids.id(row)}" has events but no factors`);
    placed.set(given.vectors.subarray(from * rank, (from + 1) * rank), row * rank);
  }
  return placed;
}
