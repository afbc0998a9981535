import { type SymmetricEigen, symmetricEigen } from "../math/eigen.ts";
import type { SparseRows } from "../math/sparse.ts";
import { project, weightedGram } from "./dense.ts";
import type { AlsProblem } from "./objective.ts";

/** Directions of which no more than this part is left are rounding noise, not structure. */
const eigenvalueFloor = 1e-10;

/**
 * Where training starts: the users' side of the leading singular subspace of N = diag(n_u^−½) A diag(n_i^−½), A being 1
 * where a pair was observed and n how many pairs a row has; found by two rounds of subspace iteration from seeded signs
 * (Halko, Martinsson, Tropp 2011) on the side with fewer rows. It depends on the pattern of the pairs, the rank and the
 * seed alone.
 *
 * Rows are kept multiplied by n^−½: then N's product is a plain mean over the pairs of a row, and a Gram counts each row
 * n times. With Z = NᵀNY for the orthonormal Y of the first round (or NNᵀY among users), ZᵀZ = Q diag(s⁴) Qᵀ holds the
 * squares s² of the singular values found. The result is diag(n_u^½) times the left singular vectors times s^½, so that
 * users and items would share the singular values alike: N Z Q s^−2½ from items, Z Q s^−1½ from users. (users × rank);
 * the items follow by their first half-step.
 */
export function spectralStart(problem: AlsProblem, rank: number, seed: number): Float64Array {
  const { observed, observedByItem } = problem;
  const isByUsers = iteratesUsers(observed.rowCount, observedByItem.rowCount);
  const [own, other] = isByUsers ? [observed, observedByItem] : [observedByItem, observed];
  const sizes = rowSizes(own);
  let rows = signRows(own.rowCount, rank, seed);
  rows = rowMeans(own, rowMeans(other, rows, rank), rank);
  project(rows, rank, whitening(weightedGram(rows, rank, sizes), rank));
  rows = rowMeans(own, rowMeans(other, rows, rank), rank);
  const found = symmetricEigen(weightedGram(rows, rank, sizes), rank);
  const users = isByUsers ? rows : rowMeans(observed, rows, rank);
  project(users, rank, balancing(found, isByUsers));
  multiplyRows(users, rank, rowSizes(observed));
  return users;
}

export function iteratesUsers(userCount: number, itemCount: number): boolean {
  return userCount < itemCount;
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
 * (rank × rank), for `project`: L⁻¹ for the Gram L Lᵀ of rows, which makes them orthonormal; a direction that those
 * before it leave nothing of becomes 0.
 */
export function whitening(gram: Float64Array, rank: number): Float64Array {
  const lower = gram.slice();
  const inverse = new Float64Array(rank * rank);
  for (let row = 0; row < rank; row++) {
    const at = row * rank;
    for (let k = 0; k < row; k++) {
      const above = k * rank;
      let sum = lower[at + k];
      for (let j = 0; j < k; j++) sum -= lower[at + j] * lower[above + j];
      lower[at + k] = sum * inverse[above + k];
    }
    let square = gram[at + row];
    for (let j = 0; j < row; j++) square -= lower[at + j] * lower[at + j];
    const scale = square > eigenvalueFloor * gram[at + row] ? 1 / Math.sqrt(square) : 0;
    // Row by row L⁻¹ = scale × (e_row − Σ L_row,k × L⁻¹_k).
    for (let k = 0; k < row; k++) addScaled(inverse, rank, { to: row, from: k, by: -lower[at + k] * scale });
    inverse[at + row] = scale;
  }
  return inverse;
}

function addScaled(
  matrix: Float64Array,
  rank: number,
  { to, from, by }: { to: number; from: number; by: number },
) {
  for (let j = 0; j <= from; j++) matrix[to * rank + j] += by * matrix[from * rank + j];
}

/**
 * (rank × rank), for `project`: Q s^−1½ or Q s^−2½ from Q and s⁴; directions without substance become 0. Changes the
 * vectors.
 */
export function balancing({ values, vectors }: SymmetricEigen, isByUsers: boolean): Float64Array {
  const rank = values.length;
  for (let k = 0; k < rank; k++) {
    const isNoise = !(values[k] > eigenvalueFloor * values[0]);
    const s = Math.sqrt(Math.sqrt(values[k]));
    scaleRow(vectors, rank, k, isNoise ? 0 : 1 / (Math.sqrt(s) * (isByUsers ? s : s * s)));
  }
  return vectors;
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
