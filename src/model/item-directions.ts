import { ridge } from "../als/objective.ts";
import { decompose, type FoldInParameters, solve } from "./fold-in.ts";

/**
 * Fold-in of a history of one item, for any item: the user's equation has the same matrix but for the item's own
 * a yyᵀ, so one Cholesky serves all, and by Sherman–Morrison
 *     x = B⁻¹ y a ÷ (1 + a yᵀB⁻¹y),  B = α₀ YᵀWY + λ (1 + α₀ Σw)^ν I.
 * a is 1, the mean of all observed weights; another, or another program's terms, would change the scores alike, never
 * their order.
 */
export class ItemDirections {
  readonly #parameters: FoldInParameters;
  readonly #cholesky: Float64Array;

  constructor(parameters: FoldInParameters) {
    const { rank, gram, settings, itemWeightSum } = parameters;
    this.#parameters = parameters;
    this.#cholesky = gram.slice();
    const onDiagonal = ridge(settings, 1, itemWeightSum);
    for (let k = 0; k < rank; k++) this.#cholesky[k * rank + k] += onDiagonal;
    decompose(this.#cholesky, rank);
  }

  /** (rank): what a user with this one item is folded in to. */
  vector(itemRow: number): Float32Array {
    const { rank, factors, multiplier } = this.#parameters;
    const divisor = multiplier ? multiplier[itemRow] : 1;
    const own = Float64Array.from(
      factors.subarray(itemRow * rank, (itemRow + 1) * rank),
      (value) => value / divisor,
    );
    const solution = own.slice();
    solve(this.#cholesky, rank, solution);
    const fit = own.reduce((sum, value, k) => sum + value * solution[k], 0);
    return Float32Array.from(solution, (value) => value / (1 + fit));
  }
}
