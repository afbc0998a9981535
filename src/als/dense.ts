/** Dense algebra of the readable solver and of fold-in, in f64. Every matrix is row-major. */

type Rows = Float64Array | Float32Array;

/** Σ weight_r × row_r row_rᵀ, (rank × rank); `rows` is (n × rank), `weights` is (n) or absent for 1. */
export function weightedGram(rows: Rows, rank: number, weights?: ArrayLike<number>): Float64Array {
  const gram = new Float64Array(rank * rank);
  const rowCount = rank === 0 ? 0 : rows.length / rank;
  for (let r = 0; r < rowCount; r++) {
    addOuterProduct(gram, rows.subarray(r * rank, (r + 1) * rank), weights?.[r] ?? 1);
  }
  return gram;
}

/** matrix += weight × v vᵀ; `v` is (rank), `matrix` is (rank × rank). */
export function addOuterProduct(matrix: Float64Array, v: Rows, weight: number): void {
  const rank = v.length;
  for (let j = 0; j < rank; j++) {
    const scaled = weight * v[j];
    for (let k = 0; k < rank; k++) matrix[j * rank + k] += scaled * v[k];
  }
}

/** rows ← rows × directionsᵀ in place: element k becomes the dot product with row k of `directions`. */
export function project(rows: Rows, rank: number, directions: Float64Array): void {
  const turned = new Float64Array(rank);
  for (let from = 0; from < rows.length; from += rank) {
    const row = rows.subarray(from, from + rank);
    for (let k = 0; k < rank; k++) turned[k] = dot(row, directions.subarray(k * rank, (k + 1) * rank));
    row.set(turned);
  }
}

export function dot(a: Rows, b: Rows): number {
  let total = 0;
  for (let k = 0; k < a.length; k++) total += a[k] * b[k];
  return total;
}

/**
 * Solves matrix × x = right in place by Cholesky's factorisation: `right` (rank) becomes x, `matrix`
 * (rank × rank, symmetric positive definite) its factor. A matrix that is not definite gives NaN.
 */
export function solveCholesky(matrix: Float64Array, right: Float64Array): void {
  const rank = right.length;
  for (let i = 0; i < rank; i++) {
    const row = matrix.subarray(i * rank, (i + 1) * rank);
    for (let j = 0; j <= i; j++) {
      const other = matrix.subarray(j * rank, (j + 1) * rank);
      let value = row[j];
      for (let k = 0; k < j; k++) value -= row[k] * other[k];
      row[j] = j === i ? Math.sqrt(value) : value / other[j];
    }
  }
  for (let i = 0; i < rank; i++) {
    for (let k = 0; k < i; k++) right[i] -= matrix[i * rank + k] * right[k];
    right[i] /= matrix[i * rank + i];
  }
  for (let i = rank - 1; i >= 0; i--) {
    for (let k = i + 1; k < rank; k++) right[i] -= matrix[k * rank + i] * right[k];
    right[i] /= matrix[i * rank + i];
  }
}
