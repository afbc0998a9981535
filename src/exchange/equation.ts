import type { AlsSettings } from "../als/objective.ts";
import type { Interactions } from "../interactions/aggregate.ts";
import { FoldIn, type FoldInParameters } from "../model/fold-in.ts";
import { type ImportedFactors, termsOf } from "./imported-factors.ts";

/** The equation by which another program found a user's row, solved again from the user's events. */
export class ImportedEquation {
  readonly #parameters: FoldInParameters;
  readonly #alpha: number;
  readonly #factors: ImportedFactors;

  constructor(factors: ImportedFactors, settings: AlsSettings, alpha: number) {
    const { rank, items } = factors;
    this.#factors = factors;
    // The model keeps α as f32.
    this.#alpha = Math.fround(alpha);
    const gram = gramOf(items.vectors, rank);
    const observedTerms = termsOf(factors.by);
    this.#parameters = { rank, factors: items.vectors, gram, settings, itemWeightSum: 0, observedTerms };
  }

  /**
   * How far a user's row is from the equation's solution for what the user did: |row − solution| ÷ the longer of both.
   * Items that have no factors do not count. NaN where the user did nothing or has no row.
   */
  distance({ users, items, confidence }: Interactions, userId: string): number {
    const { rank } = this.#parameters;
    const user = users.row(userId);
    const own = this.#factors.users.ids.row(userId);
    if (user < 0 || own < 0) return Number.NaN;
    const rows: number[] = [];
    const weights: number[] = [];
    for (let pair = confidence.starts[user]; pair < confidence.starts[user + 1]; pair++) {
      const row = this.#factors.items.ids.row(items.id(confidence.columns[pair]));
      if (row < 0) continue;
      rows.push(row);
      weights.push(confidence.values[pair] * this.#alpha);
    }
    if (rows.length === 0) return Number.NaN;
    const { vector } = new FoldIn(this.#parameters, Uint32Array.from(rows), Float64Array.from(weights));
    const given = this.#factors.users.vectors.subarray(own * rank, (own + 1) * rank);
    const longer = Math.max(norm(vector), norm(given));
    return longer === 0 ? 0 : norm(vector.map((value, k) => value - given[k])) / longer;
  }
}

function norm(vector: Float32Array): number {
  return Math.hypot(...vector);
}

/** (rank, rank): Σ yyᵀ in f64, over every item that was given. */
export function gramOf(vectors: Float32Array, rank: number): Float64Array {
  const gram = new Float64Array(rank * rank);
  for (let from = 0; from < vectors.length; from += rank) {
    for (let row = 0; row < rank; row++) {
      const value = vectors[from + row];
      for (let column = 0; column <= row; column++)
        gram[row * rank + column] += value * vectors[from + column];
    }
  }
  for (let row = 0; row < rank; row++) {
    for (let column = 0; column < row; column++) gram[column * rank + row] = gram[row * rank + column];
  }
  return gram;
}
