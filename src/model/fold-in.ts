import { type AlsSettings, ridge } from "../als/objective.ts";
import type { ObservedTerms } from "./header.ts";

/** What of a model the equation of a user asks for. */
export interface FoldInParameters {
  readonly rank: number;
  /** (items, rank), row-major: as fitted times `multiplier` */
  readonly factors: Float32Array;
  /** (items); absent where no factor was multiplied */
  readonly multiplier?: Float32Array | undefined;
  /** (rank, rank): α₀ YᵀWY of the factors as fitted */
  readonly gram: Float64Array;
  readonly settings: AlsSettings;
  /** Σw; 0 where the regularisation counts observed pairs alone */
  readonly itemWeightSum: number;
  /** of another program's objective; absent: a stands before both yyᵀ and y */
  readonly observedTerms?: ObservedTerms | undefined;
}

/**
 * One user's exact solution given what the user did:
 *     A x = b,  A = α₀ YᵀWY + Σ a yyᵀ + λ (|I| + α₀ Σw)^ν I,  b = Σ a y   over the user's items,
 * or what another program's objective has in the places of a: `observedTerms`.
 * Kept factorised, A = L Lᵀ, since why an item scores as it does asks A⁻¹ again.
 */
export class FoldIn {
  /** (rank): x */
  readonly vector: Float32Array;
  /** (events): rows of the user's items */
  readonly items: Uint32Array;
  readonly #parameters: FoldInParameters;
  /** (events): what stands before y in b */
  readonly #linear: Float64Array;
  readonly #cholesky: Float64Array;
  readonly #fitted: Float64Array;

  /**
   * @param items (events): rows of the items, each once
   * @param weights (events): the observed weights a > 0
   */
  constructor(parameters: FoldInParameters, items: Uint32Array, weights: Float64Array) {
    const { rank, observedTerms = { square: 0, linear: 0 } } = parameters;
    this.#parameters = parameters;
    this.items = items;
    this.#linear = weights.map((a) => a + observedTerms.linear);
    this.#fitted = gatherFitted(parameters, items);
    const square = weights.map((a) => a + observedTerms.square);
    this.#cholesky = accumulate(parameters, this.#fitted, square);
    decompose(this.#cholesky, rank);
    const solution = new Float64Array(rank);
    for (let event = 0; event < items.length; event++) {
      for (let k = 0; k < rank; k++) solution[k] += this.#linear[event] * this.#fitted[event * rank + k];
    }
    solve(this.#cholesky, rank, solution);
    this.vector = Float32Array.from(solution);
  }

  /**
   * How much each of the user's items adds to the score of an item, such as a_j y_iᵀ A⁻¹ y_j, (events), in the order of
   * `items`. They sum to the score up to the rounding of x to f32.
   */
  contributions(itemRow: number): Float64Array {
    const { rank, factors } = this.#parameters;
    const direction = Float64Array.from(factors.subarray(itemRow * rank, (itemRow + 1) * rank));
    solve(this.#cholesky, rank, direction);
    const shares = new Float64Array(this.items.length);
    for (let event = 0; event < shares.length; event++) {
      let dot = 0;
      for (let k = 0; k < rank; k++) dot += direction[k] * this.#fitted[event * rank + k];
      shares[event] = this.#linear[event] * dot;
    }
    return shares;
  }
}

/** (events, rank): the factors of these items as they were fitted, the serving multiplier taken out again. */
function gatherFitted({ rank, factors, multiplier }: FoldInParameters, items: Uint32Array): Float64Array {
  const fitted = new Float64Array(items.length * rank);
  for (let event = 0; event < items.length; event++) {
    const from = items[event] * rank;
    const divisor = multiplier ? multiplier[items[event]] : 1;
    for (let k = 0; k < rank; k++) fitted[event * rank + k] = factors[from + k] / divisor;
  }
  return fitted;
}

/** A's lower triangle, (rank, rank) row-major. */
function accumulate(parameters: FoldInParameters, fitted: Float64Array, weights: Float64Array): Float64Array {
  const { rank, gram, settings, itemWeightSum } = parameters;
  const system = gram.slice();
  let event = 0;
  // Four events at a time, in their order: the matrix is read and written a quarter as often.
  for (; event + 4 <= weights.length; event += 4) addFour(system, fitted, weights, { event, rank });
  for (; event < weights.length; event++) {
    const y = fitted.subarray(event * rank, (event + 1) * rank);
    for (let row = 0; row < rank; row++) {
      const scaled = weights[event] * y[row];
      for (let column = 0, at = row * rank; column <= row; column++, at++) system[at] += scaled * y[column];
    }
  }
  const onDiagonal = ridge(settings, weights.length, itemWeightSum);
  for (let k = 0; k < rank; k++) system[k * rank + k] += onDiagonal;
  return system;
}

function addFour(
  system: Float64Array,
  fitted: Float64Array,
  weights: Float64Array,
  { event, rank }: { readonly event: number; readonly rank: number },
): void {
  const [a, b, c, d] = [0, 1, 2, 3].map((k) => fitted.subarray((event + k) * rank, (event + k + 1) * rank));
  for (let row = 0; row < rank; row++) {
    const inA = weights[event] * a[row];
    const inB = weights[event + 1] * b[row];
    const inC = weights[event + 2] * c[row];
    const inD = weights[event + 3] * d[row];
    for (let k = 0, at = row * rank; k <= row; k++, at++) {
      system[at] = system[at] + inA * a[k] + inB * b[k] + inC * c[k] + inD * d[k];
    }
  }
}

/** Cholesky in place: the lower triangle of A becomes L. What lies above the diagonal is left as it is. */
export function decompose(system: Float64Array, rank: number): void {
  for (let row = 0; row < rank; row++) {
    const rowAt = row * rank;
    for (let column = 0; column <= row; column++) {
      const columnAt = column * rank;
      let sum = system[rowAt + column];
      for (let k = 0; k < column; k++) sum -= system[rowAt + k] * system[columnAt + k];
      if (column < row) system[rowAt + column] = sum / system[columnAt + column];
      // A direction that nothing determines (no regularisation, an idle factor) stays 0: 1 / Infinity.
      else system[rowAt + row] = sum > 0 ? Math.sqrt(sum) : Infinity;
    }
  }
}

/** L Lᵀ x = b in place of b. */
export function solve(lower: Float64Array, rank: number, vector: Float64Array): void {
  for (let row = 0; row < rank; row++) {
    let sum = vector[row];
    for (let k = 0; k < row; k++) sum -= lower[row * rank + k] * vector[k];
    vector[row] = sum / lower[row * rank + row];
  }
  for (let row = rank - 1; row >= 0; row--) {
    let sum = vector[row];
    for (let k = row + 1; k < rank; k++) sum -= lower[k * rank + row] * vector[k];
    vector[row] = sum / lower[row * rank + row];
  }
}
