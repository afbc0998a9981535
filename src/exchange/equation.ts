import type { AlsSettings } from "../als/objective.ts";
import type { Interactions } from "../interactions/aggregate.ts";
import type { IdTable } from "../math/id-table.ts";
import { type SparseRows, transpose } from "../math/sparse.ts";
import { FoldIn, type FoldInParameters } from "../model/fold-in.ts";
import { type FactorRows, type ImportedFactors, termsOf } from "./imported-factors.ts";

export type Side = "users" | "items";

/** What one side did with the other. */
export interface SidePairs {
  readonly ids: IdTable;
  readonly others: IdTable;
  /** (ids × others): c */
  readonly pairs: SparseRows;
  /** (ids): events of each */
  readonly eventCounts: Float64Array;
}

export function sidePairs({ users, items, confidence, count }: Interactions, side: Side): SidePairs {
  const isUsers = side === "users";
  const [ids, others] = isUsers ? [users, items] : [items, users];
  const eventCounts = new Float64Array(ids.count);
  for (let user = 0; user < users.count; user++) {
    for (let pair = confidence.starts[user]; pair < confidence.starts[user + 1]; pair++) {
      eventCounts[isUsers ? user : confidence.columns[pair]] += count[pair];
    }
  }
  return { ids, others, pairs: isUsers ? confidence : transpose(confidence), eventCounts };
}

/** The equation by which another program found the rows of one side last, solved again from the events. */
export class ImportedEquation {
  readonly side: Side;
  readonly #parameters: FoldInParameters;
  readonly #alpha: number;
  readonly #own: FactorRows;
  readonly #others: FactorRows;

  constructor(factors: ImportedFactors, settings: AlsSettings, alpha: number) {
    const { rank, by, users, items } = factors;
    // Spark's iterations end with the users, implicit's with the items.
    this.side = by === "spark" ? "users" : "items";
    [this.#own, this.#others] = by === "spark" ? [users, items] : [items, users];
    // The model keeps α as f32.
    this.#alpha = Math.fround(alpha);
    const { vectors } = this.#others;
    const objective = { settings, itemWeightSum: 0, observedTerms: termsOf(by) };
    this.#parameters = { rank, factors: vectors, gram: gramOf(vectors, rank), ...objective };
  }

  /**
   * How far a row is from the equation's solution for its events: |row − solution| ÷ the longer of both. What has no
   * factors on the other side does not count. NaN where nothing counts.
   */
  distance({ ids, others, pairs }: SidePairs, id: string): number {
    const { rank } = this.#parameters;
    const row = ids.row(id);
    const own = this.#own.ids.row(id);
    if (row < 0 || own < 0) return Number.NaN;
    const rows: number[] = [];
    const weights: number[] = [];
    for (let pair = pairs.starts[row]; pair < pairs.starts[row + 1]; pair++) {
      const other = this.#others.ids.row(others.id(pairs.columns[pair]));
      if (other < 0) continue;
      rows.push(other);
      weights.push(pairs.values[pair] * this.#alpha);
    }
    if (rows.length === 0) return Number.NaN;
    const { vector } = new FoldIn(this.#parameters, Uint32Array.from(rows), Float64Array.from(weights));
    const given = this.#own.vectors.subarray(own * rank, (own + 1) * rank);
    const longer = Math.max(norm(vector), norm(given));
    return longer === 0 ? 0 : norm(vector.map((value, k) => value - given[k])) / longer;
  }
}

function norm(vector: Float32Array): number {
  return Math.hypot(...vector);
}

/** (rank, rank): Σ yyᵀ in f64, over every row that was given. */
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
