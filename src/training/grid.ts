import { isDeepStrictEqual } from "node:util";
import type { AlsSettings } from "../als/objective.ts";
import type { ConfidenceSettings } from "../interactions/confidence.ts";
import { Random } from "../math/random.ts";
import type { Similarity } from "../model/header.ts";

/** All that decides a model but the data: what to count, what to minimise, what to serve. */
export interface Recipe {
  readonly confidence: ConfidenceSettings;
  readonly als: AlsSettings;
  /** serving multiplies a score by n_i^e; 0 leaves it as it is */
  readonly popularityExponent: number;
  /** β: items of the user's past score β × log(1 + r) more where nothing is hidden; absent or 0, not at all */
  readonly repeatWeight?: number;
  /** how similar items are found, by cosine where absent */
  readonly similarity?: Similarity;
  /** another program fitted the factors, so that nothing here can fit the recipe again: `als` tells of its settings */
  readonly imported?: {
    readonly by: "spark" | "implicit";
    /** α: the confidence is multiplied by it */
    readonly alpha: number;
    /** whose rows are stored: the file's own, or this program's solution of the file's equation */
    readonly users: "given" | "solved";
  };
}

type Json = ReturnType<typeof JSON.parse>;

/** JSON knows no Infinity: a half-life without end is null there. */
export function recipeToJson(recipe: Recipe): Json {
  const finiteOrNull = (_: string, value: unknown): unknown =>
    value === Number.POSITIVE_INFINITY ? null : value;
  return JSON.parse(JSON.stringify(recipe, finiteOrNull));
}

export function recipeFromJson(json: unknown): Recipe {
  const endless = (_: string, value: unknown): unknown => (value === null ? Number.POSITIVE_INFINITY : value);
  return JSON.parse(JSON.stringify(json), endless);
}

/**
 * The same recipe but for what validation finds anew each time, iterations, the weight of repeats and how similar
 * items are found: what a refresh on newer data is.
 */
export function sameSettings(one: Recipe, other: Recipe): boolean {
  const [a, b] = [one, other].map(
    ({ als: { iterations: _, ...als }, repeatWeight: __, similarity: ___, ...rest }) => ({ ...rest, als }),
  );
  return isDeepStrictEqual(a, b);
}

/** The values to try of each setting; a setting that is not named keeps its default. */
export interface Grid {
  readonly als: { readonly [S in keyof AlsSettings]?: readonly AlsSettings[S][] };
  readonly confidence?: readonly ConfidenceSettings[];
  readonly popularityExponent?: readonly number[];
}

export class GridError extends Error {
  override name = "GridError";
}

/**
 * Every combination, in the order of the grid's own keys with the last one turning fastest; or `sampleSize` of
 * them drawn without repetition, in that same order.
 */
export function expandGrid(grid: Grid, base: Recipe, sampleSize?: number, seed = 1): Recipe[] {
  const axes = axesOf(grid);
  const size = axes.reduce((product, axis) => product * axis.values.length, 1);
  if (size > 100_000 && sampleSize === undefined) {
    throw new GridError(
      `the grid has ${size} combinations: try fewer values, or a random part with --trials`,
    );
  }
  const picked = sampleSize === undefined || sampleSize >= size ? all(size) : draw(size, sampleSize, seed);
  return picked.map((index) => recipeAt(index, axes, base));
}

interface Axis {
  readonly name: string;
  readonly values: readonly unknown[];
  set(recipe: Recipe, value: unknown): Recipe;
}

function axesOf(grid: Grid): Axis[] {
  const axes: Axis[] = [];
  const add = (name: string, values: readonly unknown[] | undefined, set: Axis["set"]) => {
    if (values === undefined) return;
    if (values.length === 0) throw new GridError(`the grid gives no value for ${name}`);
    axes.push({ name, values, set });
  };
  add("confidence", grid.confidence, (recipe, value) => ({
    ...recipe,
    confidence: value as ConfidenceSettings,
  }));
  for (const [name, values] of Object.entries(grid.als)) {
    add(name, values, (recipe, value) => ({ ...recipe, als: { ...recipe.als, [name]: value } }));
  }
  add("popularityExponent", grid.popularityExponent, (recipe, value) => ({
    ...recipe,
    popularityExponent: value as number,
  }));
  return axes;
}

/** `index` read as a number whose digits, the last axis lowest, choose the values. */
function recipeAt(index: number, axes: Axis[], base: Recipe): Recipe {
  let rest = index;
  let recipe = base;
  for (const axis of axes.toReversed()) {
    recipe = axis.set(recipe, axis.values[rest % axis.values.length]);
    rest = Math.floor(rest / axis.values.length);
  }
  return recipe;
}

function all(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index);
}

/** Floyd's sampling without repetition: as many draws as samples, however large the grid. */
function draw(size: number, sampleSize: number, seed: number): number[] {
  const random = new Random(seed);
  const drawn = new Set<number>();
  for (let top = size - sampleSize; top < size; top++) {
    const candidate = random.integer(top + 1);
    drawn.add(drawn.has(candidate) ? top : candidate);
  }
  return [...drawn].sort((a, b) => a - b);
}

/** Without times nothing ages: recipes that differ by half-life alone are one. */
export function withoutTimes(recipes: readonly Recipe[]): Recipe[] {
  const ageless = recipes.map((recipe) => ({
    ...recipe,
    confidence: { ...recipe.confidence, halfLifeDays: Number.POSITIVE_INFINITY },
  }));
  return ageless.filter(
    (recipe, at) => ageless.findIndex((other) => isDeepStrictEqual(other, recipe)) === at,
  );
}
