import { symmetricEigen } from "../math/eigen.ts";
import { Random } from "../math/random.ts";
import type { SparseRows } from "../math/sparse.ts";
import { project, weightedGram } from "./dense.ts";
import type { AlsProblem } from "./objective.ts";

/** Directions below this part of the strongest one's eigenvalue are rounding noise, not structure. */
const eigenvalueFloor = 1e-10;

export const powerRounds = 2;

/**
 * Where training starts: the leading singular subspace of N = diag(n_u^−½) A diag(n_i^−½), A being 1 where a
 * pair was observed and n how many pairs a row has; found by two rounds of subspace iteration from seeded
 * noise (Halko, Martinsson, Tropp 2011). It depends on the pattern of the pairs, the rank and the seed alone.
 *
 * Rows are kept multiplied by n^−½: then N's product is a plain mean over the pairs of a row, and a Gram
 * counts each row n times. Returns users (users × rank) and items (items × rank) with X Yᵀ ≈ diag(n_u^½) N
 * diag(n_i^½).
 */
export function spectralStart(
  problem: AlsProblem,
  rank: number,
  seed: number,
): { users: Float64Array; items: Float64Array } {
  const { observed, observedByItem } = problem;
  const userSizes = rowSizes(observed);
  const itemSizes = rowSizes(observedByItem);
  let items: Float64Array = Float64Array.from(seededNoise(observedByItem.rowCount * rank, seed));
  for (let round = 0; round < powerRounds; round++) {
    items = rowMeans(observedByItem, rowMeans(observed, items, rank), rank);
    project(items, rank, whitening(weightedGram(items, rank, itemSizes), rank));
  }
  const users = rowMeans(observed, items, rank);
  const balanced = balancing(weightedGram(users, rank, userSizes), rank);
  project(users, rank, balanced.users);
  project(items, rank, balanced.items);
  multiplyRows(users, rank, userSizes);
  multiplyRows(items, rank, itemSizes);
  return { users, items };
}

/** Evenly spread in [−½, ½); f32 so that both solvers start from the same numbers. */
export function seededNoise(size: number, seed: number): Float32Array {
  const random = new Random(seed);
  const noise = new Float32Array(size);
  for (let k = 0; k < size; k++) noise[k] = random.next() - 0.5;
  return noise;
}

/**
 * (rank × rank), for `project`: makes rows with this Gram orthonormal; directions without substance become 0.
 */
export function whitening(gram: Float64Array, rank: number): Float64Array {
  const { values, vectors } = symmetricEigen(gram, rank);
  for (let k = 0; k < rank; k++) {
    scaleRow(vectors, rank, k, values[k] > eigenvalueFloor * values[0] ? 1 / Math.sqrt(values[k]) : 0);
  }
  return vectors;
}

/**
 * (rank × rank) twice, for `project`: from users S = NY with this Gram, and orthonormal items Y, to S Q s^−½
 * and Y Q s^½, where SᵀS = Q diag(s²) Qᵀ.
 */
export function balancing(gram: Float64Array, rank: number): { users: Float64Array; items: Float64Array } {
  const { values, vectors } = symmetricEigen(gram, rank);
  const items = vectors.slice();
  for (let k = 0; k < rank; k++) {
    const isNoise = !(values[k] > eigenvalueFloor * values[0]);
    const root = isNoise ? 0 : Math.sqrt(Math.sqrt(values[k]));
    scaleRow(vectors, rank, k, isNoise ? 0 : 1 / root);
    scaleRow(items, rank, k, root);
  }
  return { users: vectors, items };
}

/** (rows): how many pairs each has. */
export function rowSizes(rows: SparseRows): Float32Array {
  return Float32Array.from({ length: rows.rowCount }, (_, r) => rows.starts[r + 1] - rows.starts[r]);
}

/** (rows × rank): the mean of `of` (columns × rank) over the pairs of each row; 0 for a row without. */
function rowMeans(pairs: SparseRows, of: Float64Array, rank: number): Float64Array {
  const means = new Float64Array(pairs.rowCount * rank);
  for (let r = 0; r < pairs.rowCount; r++) {
    const mean = means.subarray(r * rank, (r + 1) * rank);
    const size = pairs.starts[r + 1] - pairs.starts[r];
    for (let k = pairs.starts[r]; k < pairs.starts[r + 1]; k++) {
      const from = pairs.columns[k] * rank;
      for (let j = 0; j < rank; j++) mean[j] += of[from + j];
    }
    if (size > 0) for (let j = 0; j < rank; j++) mean[j] /= size;
  }
  return means;
}

function scaleRow(matrix: Float64Array, rank: number, row: number, by: number): void {
  for (let k = 0; k < rank; k++) matrix[row * rank + k] *= by;
}

function multiplyRows(rows: Float64Array, rank: number, by: Float32Array): void {
  for (let k = 0; k < rows.length; k++) rows[k] *= by[Math.floor(k / rank)];
}
