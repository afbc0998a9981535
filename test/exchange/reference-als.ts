import { Matrix, solve } from "ml-matrix";
import type { ImportedFactors, ImportedSettings } from "../../src/exchange/imported-factors.ts";
import type { Interactions } from "../../src/interactions/aggregate.ts";
import { Random } from "../../src/math/random.ts";
import { type SparseRows, transpose } from "../../src/math/sparse.ts";

/** How Spark and implicit write their equations down, pair by pair; each is solved exactly here. */
const equations = {
  // ALS.scala, computeFactors: ls.add(factor, 1 + c1, c1) with c1 = αr; then λ × the pairs of the row.
  spark: { square: (c1: number) => c1, linear: (c1: number) => 1 + c1, ridge: (pairs: number) => pairs },
  // als.py, user_linear_equation: A += (confidence − 1) × outer, b += confidence × factor; λ as it is.
  implicit: { square: (c: number) => c - 1, linear: (c: number) => c, ridge: () => 1 },
};

export const settings: ImportedSettings & { readonly rank: number; readonly iterations: number } = {
  ...{ alpha: 2, regularization: 0.05, rank: 6, iterations: 5 },
};

/** Spark solves the items and then the users in each iteration; implicit the users and then the items. */
export function fitReference(
  by: "spark" | "implicit",
  { users, items, confidence }: Interactions,
  { alpha, regularization, rank, iterations } = settings,
): ImportedFactors {
  const random = new Random(by);
  const start = (count: number) => Float32Array.from({ length: count * rank }, () => random.next() - 0.5);
  let x: Float32Array = start(users.count);
  let y: Float32Array = start(items.count);
  const half = (rows: SparseRows, other: Float32Array): Float32Array => {
    const gram = gramOf(other, rank);
    const solved = new Float32Array(rows.rowCount * rank);
    for (let row = 0; row < rows.rowCount; row++) {
      const [a, b] = [gram.clone(), Matrix.zeros(rank, 1)];
      const [from, to] = [rows.starts[row], rows.starts[row + 1]];
      for (let pair = from; pair < to; pair++) {
        const weight = alpha * rows.values[pair];
        const v = Matrix.columnVector([
          ...other.subarray(rows.columns[pair] * rank, (rows.columns[pair] + 1) * rank),
        ]);
        a.add(v.mmul(v.transpose()).mul(equations[by].square(weight)));
        b.add(v.clone().mul(equations[by].linear(weight)));
      }
      a.add(Matrix.eye(rank).mul(regularization * equations[by].ridge(to - from)));
      solved.set(solve(a, b).to1DArray(), row * rank);
    }
    return solved;
  };
  const byItem = transpose(confidence);
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (by === "implicit") x = half(confidence, y);
    y = half(byItem, x);
    if (by === "spark") x = half(confidence, y);
  }
  return {
    by,
    where: `${by}'s factors`,
    rank,
    users: { ids: users, vectors: x },
    items: { ids: items, vectors: y },
  };
}

function gramOf(vectors: Float32Array, rank: number): Matrix {
  const rows = new Matrix(
    Array.from({ length: vectors.length / rank }, (_, row) => [
      ...vectors.subarray(row * rank, (row + 1) * rank),
    ]),
  );
  return rows.transpose().mmul(rows);
}
