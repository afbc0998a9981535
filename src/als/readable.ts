import { symmetricEigen } from "../math/eigen.ts";
import { areFinite } from "../math/finite.ts";
import type { SparseRows } from "../math/sparse.ts";
import { addOuterProduct, dot, project, solveCholesky, weightedGram } from "./dense.ts";
import { lossOf } from "./loss.ts";
import {
  type AlsFactors,
  type AlsProblem,
  type AlsSettings,
  checkSettings,
  DivergedError,
  ridges,
} from "./objective.ts";
import { spectralStart } from "./spectral.ts";
import { type AlsSolver, type IterateOptions, iterate } from "./train.ts";

/**
 * Trains in plain f64 JavaScript: the specification of what the kernel computes.
 *
 * @throws DivergedError, AlsSettingsError
 */
export async function trainReadable(
  problem: AlsProblem,
  settings: AlsSettings,
  options: IterateOptions = {},
): Promise<AlsFactors> {
  return iterate(new ReadableSolver(problem, settings), settings, options);
}

/** One side of the matrix while the other is fixed: row r solves (diag(row_r) + Σ a v vᵀ) x = Σ a v. */
interface HalfStep {
  /** (targets × sources): a */
  readonly pairs: SparseRows;
  /** (targets × rank): the result */
  readonly targets: Float64Array;
  /** (sources × rank): v, in the basis in which their Gram is diagonal */
  readonly sources: Float64Array;
  /** (rank): the diagonal of α₀ × the sources' Gram */
  readonly gramDiagonal: Float64Array;
  /** (targets): w_i when items are solved, absent for users */
  readonly rowWeights?: Float32Array;
  /** (targets) */
  readonly ridges: Float32Array;
}

export class ReadableSolver implements AlsSolver {
  readonly #problem: AlsProblem;
  readonly #settings: AlsSettings;
  readonly #ridges: { users: Float32Array; items: Float32Array };
  /** (users × rank), (items × rank) */
  #users: Float64Array = new Float64Array();
  #items: Float64Array = new Float64Array();
  /** (rank): of the items' Gram, since the last user half-step */
  #gramDiagonal: Float64Array = new Float64Array();

  constructor(problem: AlsProblem, settings: AlsSettings) {
    checkSettings(settings);
    this.#problem = problem;
    this.#settings = settings;
    this.#ridges = ridges(problem, settings);
  }

  start(): void {
    const { factors, seed } = this.#settings;
    this.#users = spectralStart(this.#problem, factors, seed);
    this.#items = new Float64Array(this.#problem.itemWeights.length * factors);
  }

  solveItems(solver: AlsSettings["solver"]): void {
    const { observedByItem, itemWeights } = this.#problem;
    const gramDiagonal = this.#diagonalise(this.#users);
    this.#solveRows(solver, {
      pairs: observedByItem,
      targets: this.#items,
      sources: this.#users,
      gramDiagonal,
      rowWeights: itemWeights,
      ridges: this.#ridges.items,
    });
  }

  solveUsers(solver: AlsSettings["solver"]): void {
    this.#gramDiagonal = this.#diagonalise(this.#items, this.#problem.itemWeights);
    this.#solveRows(solver, this.#userHalfStep(this.#users));
  }

  loss(): number {
    return lossOf(this.#problem, this.#settings, this.#users, this.#items);
  }

  factors(): AlsFactors {
    const rank = this.#settings.factors;
    // The users must solve the equation of the items as they are stored, in f32.
    const items = Float32Array.from(this.#items);
    const users = new Float64Array(this.#users.length);
    const halfStep = { ...this.#userHalfStep(users), sources: Float64Array.from(items) };
    this.#solveRows("exact", halfStep);
    const gram = new Float64Array(rank * rank);
    for (let k = 0; k < rank; k++) gram[k * rank + k] = this.#gramDiagonal[k];
    return { rank, users: Float32Array.from(users), items, gram };
  }

  users(): Float64Array {
    return this.#users.slice();
  }

  restore(users: Float32Array | Float64Array): void {
    this.#users = Float64Array.from(users);
    this.#items = new Float64Array(this.#problem.itemWeights.length * this.#settings.factors);
  }

  #userHalfStep(targets: Float64Array): HalfStep {
    return {
      pairs: this.#problem.observed,
      targets,
      sources: this.#items,
      gramDiagonal: this.#gramDiagonal,
      ridges: this.#ridges.users,
    };
  }

  /**
   * Turns `rows` so that α₀ × their Gram is diagonal, and returns the diagonal. The other side is about to be solved
   * anew, from 0, so it need not follow.
   */
  #diagonalise(rows: Float64Array, weights?: Float32Array): Float64Array {
    const { factors: rank, unobservedWeight } = this.#settings;
    const gram = weightedGram(rows, rank, weights);
    if (!areFinite(gram)) throw new DivergedError("a half-step", this.#settings);
    const { values, vectors } = symmetricEigen(gram, rank);
    project(rows, rank, vectors);
    // A Gram has no negative eigenvalue, rounding gives tiny ones.
    return values.map((value) => unobservedWeight * Math.max(value, 0));
  }

  #solveRows(solver: AlsSettings["solver"], halfStep: HalfStep): void {
    const { factors: rank, cgSteps } = this.#settings;
    const diagonal = new Float64Array(rank);
    for (let row = 0; row < halfStep.pairs.rowCount; row++) {
      const weight = halfStep.rowWeights?.[row] ?? 1;
      for (let k = 0; k < rank; k++) {
        diagonal[k] = weight * halfStep.gramDiagonal[k] + halfStep.ridges[row];
      }
      if (solver === "exact") solveExactly(halfStep, row, diagonal);
      else stepTowards(halfStep, row, diagonal, cgSteps);
    }
  }
}

function solveExactly({ pairs, targets, sources }: HalfStep, row: number, diagonal: Float64Array): void {
  const rank = diagonal.length;
  const matrix = new Float64Array(rank * rank);
  const right = new Float64Array(rank);
  for (let k = pairs.starts[row]; k < pairs.starts[row + 1]; k++) {
    const source = sources.subarray(pairs.columns[k] * rank, (pairs.columns[k] + 1) * rank);
    addOuterProduct(matrix, source, pairs.values[k]);
    for (let j = 0; j < rank; j++) right[j] += pairs.values[k] * source[j];
  }
  for (let j = 0; j < rank; j++) matrix[j * rank + j] += diagonal[j];
  solveCholesky(matrix, right);
  targets.set(right, row * rank);
}

/** A squared residual that shrank to this is rounding, in the kernel's f32: going on gains nothing. */
const solvedShare = 1e-13;

/** Conjugate gradient from 0, preconditioned by the diagonal: it touches the row's pairs only. */
function stepTowards(halfStep: HalfStep, row: number, diagonal: Float64Array, steps: number): void {
  const rank = diagonal.length;
  const x = halfStep.targets.subarray(row * rank, (row + 1) * rank).fill(0);
  const residual = sumPairs(halfStep, row, rank, () => 1);
  const direction = residual.map((value, j) => value / diagonal[j]);
  let size = dot(residual, direction);
  const enough = size * solvedShare;
  for (let step = 0; step < steps && size > enough; step++) {
    const product = sumPairs(halfStep, row, rank, (source) => dot(source, direction));
    for (let j = 0; j < rank; j++) product[j] += diagonal[j] * direction[j];
    const length = size / dot(direction, product);
    for (let j = 0; j < rank; j++) {
      x[j] += length * direction[j];
      residual[j] -= length * product[j];
    }
    const conditioned = residual.map((value, j) => value / diagonal[j]);
    const before = size;
    size = dot(residual, conditioned);
    for (let j = 0; j < rank; j++) direction[j] = conditioned[j] + (size / before) * direction[j];
  }
}

/** Σ a × share(v) × v over the pairs of a row: the right side, or the product with a vector. */
function sumPairs(
  { pairs, sources }: HalfStep,
  row: number,
  rank: number,
  share: (source: Float64Array) => number,
): Float64Array {
  const total = new Float64Array(rank);
  for (let k = pairs.starts[row]; k < pairs.starts[row + 1]; k++) {
    const source = sources.subarray(pairs.columns[k] * rank, (pairs.columns[k] + 1) * rank);
    const weight = pairs.values[k] * share(source);
    for (let j = 0; j < rank; j++) total[j] += weight * source[j];
  }
  return total;
}
