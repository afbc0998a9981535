import { type SparseRows, transpose } from "../math/sparse.ts";

/**
 * What training minimises, in plain words for the symbols of
 *
 *   L = Σ_obs a_ui (1 − x_u·y_i)² + α₀ Σ_u Σ_i w_i (x_u·y_i)²
 *     + λ Σ_u (|I_u| + α₀ Σ w_i)^ν ‖x_u‖² + λ Σ_i (|U_i| + α₀ w_i |U|)^ν ‖y_i‖²
 *
 * which is iALS (Rendle, Krichene, Zhang, Koren: "Revisiting the performance of iALS on item recommendation
 * benchmarks", RecSys 2022) with a weight per item; κ = ρ = 0 is theirs.
 */
export interface AlsSettings {
  /** the rank: how many numbers describe a user or an item */
  readonly factors: number;
  /** α₀ > 0: what a pair that was never seen counts, against 1 for the mean observed pair */
  readonly unobservedWeight: number;
  /** λ > 0 */
  readonly regularization: number;
  /** ν: 1 regularises a row by how much was seen of it, 0 every row alike */
  readonly regularizationExponent: number;
  /** κ: w_i ∝ n_i^κ, where n_i is how many users have item i */
  readonly popularityExponent: number;
  /** ρ: a_ui ∝ c_ui n_i^ρ, where c is the confidence */
  readonly observedPopularityExponent: number;
  /** at most so many; each solves the items, then the users */
  readonly iterations: number;
  /** how a row is solved before the last half-step, which is always exact */
  readonly solver: "cg" | "exact";
  /** steps of conjugate gradient a row */
  readonly cgSteps: number;
  readonly seed: number;
}

export interface AlsProblem {
  /** (users × items): a_ui > 0, whose mean over the pairs is 1 */
  readonly observed: SparseRows;
  /** the same, (items × users) */
  readonly observedByItem: SparseRows;
  /** (items): w_i > 0, whose mean over the items is 1 */
  readonly itemWeights: Float32Array;
  /** (items): a_ui = c_ui × observedScale[i] */
  readonly observedScale: Float32Array;
}

export interface AlsFactors {
  readonly rank: number;
  /** (users × rank), row-major */
  readonly users: Float32Array;
  /** (items × rank), row-major, rotated so that the Gram is diagonal with a falling diagonal */
  readonly items: Float32Array;
  /** (rank × rank): α₀ YᵀWY of these item factors, as the last user half-step used it */
  readonly gram: Float64Array;
}

export interface AlsIteration {
  /** from 1 */
  readonly iteration: number;
  readonly loss: number;
  /** since training began */
  readonly seconds: number;
}

export class AlsSettingsError extends Error {
  override name = "AlsSettingsError";
}

/** NaN or infinity came up: nothing of that run may be used. */
export class DivergedError extends Error {
  override name = "DivergedError";

  constructor(where: string, settings: AlsSettings) {
    const { factors, unobservedWeight, regularization, regularizationExponent } = settings;
    super(
      `training left the finite numbers in ${where}, with factors ${factors}, unobservedWeight ` +
        `${unobservedWeight}, regularization ${regularization}, regularizationExponent ` +
        `${regularizationExponent}: raise the regularization or look for extreme confidences`,
    );
  }
}

/**
 * Scales confidences and item weights to mean 1, so that settings carry over between formulas and data: a
 * over the observed pairs, w over the items. `confidence` is (users × items), all > 0.
 *
 * The powers come from Math.pow, the one function here that IEEE 754 does not pin down; what is kept of it is
 * rounded to f32, and every Node has the same V8 implementation in software.
 */
export function makeProblem(confidence: SparseRows, settings: AlsSettings): AlsProblem {
  checkSettings(settings);
  checkConfidence(confidence);
  const pairCounts = countColumns(confidence);
  const observedScale = powers(pairCounts, settings.observedPopularityExponent);
  scaleToMean1(observedScale, observedTotal(confidence, observedScale), confidence.values.length);
  const itemWeights = powers(pairCounts, settings.popularityExponent);
  scaleToMean1(itemWeights, sum(itemWeights), itemWeights.length);

  const { columns } = confidence;
  const values = new Float32Array(columns.length);
  for (let k = 0; k < values.length; k++) values[k] = confidence.values[k] * observedScale[columns[k]];
  const observed = { ...confidence, values };
  return { observed, observedByItem: transpose(observed), itemWeights, observedScale };
}

/** λ (observed pairs + α₀ × weight of all pairs)^ν: what a row's ‖·‖² is multiplied with. */
export function ridge(
  settings: Pick<AlsSettings, "regularization" | "regularizationExponent" | "unobservedWeight">,
  observedCount: number,
  weightOfAll: number,
): number {
  const { regularization, regularizationExponent, unobservedWeight } = settings;
  const size = observedCount + unobservedWeight * weightOfAll;
  return size === 0 ? regularization : regularization * size ** regularizationExponent;
}

/** (users), (items): each row's ridge, as both solvers use it. */
export function ridges(
  problem: AlsProblem,
  settings: AlsSettings,
): { users: Float32Array; items: Float32Array } {
  const { observed, observedByItem, itemWeights } = problem;
  const weightSum = sum(itemWeights);
  const users = new Float32Array(observed.rowCount);
  for (let u = 0; u < users.length; u++) users[u] = ridge(settings, rowSize(observed, u), weightSum);
  const items = new Float32Array(observedByItem.rowCount);
  for (let i = 0; i < items.length; i++) {
    const weightOfAll = itemWeights[i] * observed.rowCount;
    items[i] = ridge(settings, rowSize(observedByItem, i), weightOfAll);
  }
  return { users, items };
}

/** In order of rows, in f64: Σw enters fold-in too, and must be the same there. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

export function checkSettings(settings: AlsSettings): void {
  const wrong = (name: keyof AlsSettings, asked: string) =>
    new AlsSettingsError(`${name} must be ${asked}, not ${settings[name]}`);
  const { factors, iterations, cgSteps, unobservedWeight, regularization, seed, solver } = settings;
  if (!(Number.isInteger(factors) && factors >= 1 && factors <= 2048)) {
    throw wrong("factors", "a whole number from 1 to 2048");
  }
  if (!(Number.isInteger(iterations) && iterations >= 1)) throw wrong("iterations", "a whole number from 1");
  if (!(Number.isInteger(cgSteps) && cgSteps >= 1)) throw wrong("cgSteps", "a whole number from 1");
  if (!(unobservedWeight > 0 && Number.isFinite(unobservedWeight)))
    throw wrong("unobservedWeight", "above 0");
  if (!(regularization > 0 && Number.isFinite(regularization))) throw wrong("regularization", "above 0");
  const exponents = ["regularizationExponent", "popularityExponent", "observedPopularityExponent"] as const;
  for (const name of exponents) {
    if (!(Math.abs(settings[name]) <= 4)) throw wrong(name, "between -4 and 4");
  }
  if (solver !== "cg" && solver !== "exact") throw wrong("solver", '"cg" or "exact"');
  if (!Number.isSafeInteger(seed)) throw wrong("seed", "a whole number");
}

/** Within 2^±64 no scaling to mean 1 over- or underflows. */
function checkConfidence({ values }: SparseRows): void {
  for (let k = 0; k < values.length; k++) {
    if (!(values[k] >= 2 ** -64 && values[k] <= 2 ** 64)) {
      throw new AlsSettingsError(
        `a confidence must be above 0 and finite, between 2^-64 and 2^64, but pair ${k} has ${values[k]}`,
      );
    }
  }
}

function rowSize(rows: SparseRows, row: number): number {
  return rows.starts[row + 1] - rows.starts[row];
}

function countColumns(rows: SparseRows): Uint32Array {
  const counts = new Uint32Array(rows.columnCount);
  for (let k = 0; k < rows.columns.length; k++) counts[rows.columns[k]]++;
  return counts;
}

/** An item that nobody has counts as one that a single user has: 0 to a negative power is infinite. */
function powers(counts: Uint32Array, exponent: number): Float32Array {
  const result = new Float32Array(counts.length).fill(1);
  if (exponent === 0) return result;
  for (let k = 0; k < counts.length; k++) result[k] = Math.max(counts[k], 1) ** exponent;
  return result;
}

function observedTotal(confidence: SparseRows, scale: Float32Array): number {
  let total = 0;
  for (let k = 0; k < confidence.values.length; k++) {
    total += confidence.values[k] * scale[confidence.columns[k]];
  }
  return total;
}

function scaleToMean1(values: Float32Array, total: number, count: number): void {
  if (count === 0) return;
  const factor = count / total;
  for (let i = 0; i < values.length; i++) values[i] *= factor;
}
