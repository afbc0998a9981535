import { type SymmetricEigen, symmetricEigen } from "../math/eigen.ts";
import type { SparseRows } from "../math/sparse.ts";
import { project, weightedGram } from "./dense.ts";
import { type AlsProblem, sum } from "./objective.ts";

/** Directions whose s⁶ is no more than this part of the first one's are rounding noise, not structure. */
const noiseShare = 1e-10;
/** How much longer than U S the users begin; docs/experiments.md tells how it was found. */
const startLength = 2;

/**
 * Where training starts: the users' side of the leading singular subspace of N = diag(n_u^−½) A diag(n_i^−½), A being √a
 * where a pair was observed and n the sums of its rows and columns; found in one pass and a half from seeded signs of the
 * items, Z = N NᵀN Y (Halko, Martinsson, Tropp 2011). It depends on the pairs, the rank and the seed alone.
 *
 * Rows are kept multiplied by n^−½: then N's product is a mean over the pairs of a row, √a weighing each, and a Gram
 * counts each row n times. As Y are signs so multiplied, YᵀY ≈ Σ n_i I, and ZᵀZ = Q diag(s⁶) Qᵀ Σ n_i holds the singular
 * values s. The result is diag(n_u^½) U S, times a constant: Z Q s^−2. (users × rank); the items follow by their first
 * half-step.
 */
export function spectralStart(problem: AlsProblem, rank: number, seed: number): Float64Array {
  const { observed, observedByItem } = problem;
  const signs = signRows(observedByItem.rowCount, rank, seed);
  const items = rowMeans(observedByItem, rowMeans(observed, signs, rank), rank);
  const users = rowMeans(observed, items, rank);
  const sizes = rowSizes(observed);
  const found = symmetricEigen(weightedGram(users, rank, sizes), rank);
  project(users, rank, startDirections(found, rowSizes(observedByItem)));
  multiplyRows(users, rank, sizes);
  return users;
}

/**
 * (rows × rank): −1 or 1, evenly: as good a start as normal noise. Each 32 signs of a row are the bits of a hash of seed,
 * row and place, so that rows can be made in any order: murmur3's finaliser over a Weyl sequence.
 */
function signRows(rowCount: number, rank: number, seed: number): Float64Array {
  const signs = new Float64Array(rowCount * rank);
  for (let row = 0; row < rowCount; row++) {
    const ofRow = mix((seed >>> 0) + Math.imul(row, 0x9e3779b9));
    for (let k = 0; k < rank; k++) {
      const bits = mix(ofRow + Math.imul(k >>> 5, 0x9e3779b9));
      signs[row * rank + k] = bits << (k & 31) < 0 ? -1 : 1;
    }
  }
  return signs;
}

function mix(number: number): number {
  let mixed = number;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/**
 * (rank × rank), for `project`: Q s^−2 from Q and the eigenvalues, `itemSizes` being the items' n; directions without
 * substance become 0. Changes the vectors.
 */
export function startDirections({ values, vectors }: SymmetricEigen, itemSizes: Float32Array): Float64Array {
  const rank = values.length;
  const total = sum(itemSizes);
  for (let k = 0; k < rank; k++) {
    const isNoise = !(values[k] > noiseShare * values[0]);
    const s = Math.cbrt(Math.sqrt(values[k] / total));
    scaleRow(vectors, rank, k, isNoise ? 0 : startLength / (Math.sqrt(total) * s * s));
  }
  return vectors;
}

/** (rows): Σ √a over the pairs of each. */
export function rowSizes(rows: SparseRows): Float32Array {
  const sizes = new Float32Array(rows.rowCount);
  for (let r = 0; r < sizes.length; r++) {
    let size = 0;
    for (let k = rows.starts[r]; k < rows.starts[r + 1]; k++) size += Math.sqrt(rows.values[k]);
    sizes[r] = size;
  }
  return sizes;
}

/** (rows × rank): the mean of `of` (columns × rank) over the pairs of each row, √a weighing each; 0 without pairs. */
function rowMeans(pairs: SparseRows, of: Float64Array, rank: number): Float64Array {
  const means = new Float64Array(pairs.rowCount * rank);
  const sizes = rowSizes(pairs);
  for (let r = 0; r < pairs.rowCount; r++) {
    const mean = means.subarray(r * rank, (r + 1) * rank);
    for (let k = pairs.starts[r]; k < pairs.starts[r + 1]; k++) {
      const from = pairs.columns[k] * rank;
      const weight = Math.sqrt(pairs.values[k]) / sizes[r];
      for (let j = 0; j < rank; j++) mean[j] += weight * of[from + j];
    }
  }
  return means;
}

function scaleRow(matrix: Float64Array, rank: number, row: number, by: number): void {
  for (let k = 0; k < rank; k++) matrix[row * rank + k] *= by;
}

function multiplyRows(rows: Float64Array, rank: number, by: Float32Array): void {
  for (let k = 0; k < rows.length; k++) rows[k] *= by[Math.floor(k / rank)];
}
