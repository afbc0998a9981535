import { addOuterProduct, solveCholesky } from "../../src/als/dense.ts";
import { type AlsSettings, ridge } from "../../src/als/objective.ts";

/**
 * What a model keeps so that a history becomes a user's factors by the very equation that training ended
 * with:
 *
 *   (α₀YᵀWY + Σ a_i y_i y_iᵀ + λ (|history| + α₀ Σw)^ν I) x = Σ a_i y_i,  a_i = c_i × observedScale[i]
 */
export interface FoldInTerms {
  readonly rank: number;
  /** (items × rank), row-major: `AlsFactors.items` */
  readonly items: Float32Array;
  /** (rank × rank): `AlsFactors.gram`, which already has α₀ in it */
  readonly gram: Float64Array;
  /** (items): `AlsProblem.observedScale` */
  readonly observedScale: Float32Array;
  /** Σw: `sum(AlsProblem.itemWeights)` */
  readonly itemWeightSum: number;
  /** λ, ν and α₀ as they were trained with */
  readonly settings: Pick<AlsSettings, "regularization" | "regularizationExponent" | "unobservedWeight">;
}

interface FoldInSystem {
  /** (rank × rank), symmetric positive definite */
  readonly matrix: Float64Array;
  /** (rank) */
  readonly right: Float64Array;
}

/** `rows` are item rows without repetition; `confidence` is c_i > 0 of each. */
function foldInSystem(
  terms: FoldInTerms,
  rows: ArrayLike<number>,
  confidence: ArrayLike<number>,
): FoldInSystem {
  const { rank, items, observedScale } = terms;
  const matrix = terms.gram.slice();
  const right = new Float64Array(rank);
  for (let k = 0; k < rows.length; k++) {
    const factors = items.subarray(rows[k] * rank, (rows[k] + 1) * rank);
    // Rounded to f32 as training stores it.
    const weight = Math.fround(confidence[k] * observedScale[rows[k]]);
    addOuterProduct(matrix, factors, weight);
    for (let j = 0; j < rank; j++) right[j] += weight * factors[j];
  }
  const diagonal = ridge(terms.settings, rows.length, terms.itemWeightSum);
  for (let j = 0; j < rank; j++) matrix[j * rank + j] += diagonal;
  return { matrix, right };
}

/** (rank): the factors of a user with this history; zeros for an empty one. */
export function foldIn(
  terms: FoldInTerms,
  rows: ArrayLike<number>,
  confidence: ArrayLike<number>,
): Float64Array {
  const { matrix, right } = foldInSystem(terms, rows, confidence);
  solveCholesky(matrix, right);
  return right;
}
