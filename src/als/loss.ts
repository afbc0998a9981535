import { dot, weightedGram } from "./dense.ts";
import { type AlsProblem, type AlsSettings, ridges } from "./objective.ts";

type Rows = Float64Array | Float32Array;

/**
 * The objective at users (users × rank) and items (items × rank), in f64 and without visiting the pairs that
 * were never observed: Σ_u Σ_i w_i (x·y)² is the trace of XᵀX × YᵀWY.
 */
export function lossOf(problem: AlsProblem, settings: AlsSettings, users: Rows, items: Rows): number {
  const rank = settings.factors;
  const { observed, itemWeights } = problem;
  let observedLoss = 0;
  for (let u = 0; u < observed.rowCount; u++) {
    const user = users.subarray(u * rank, (u + 1) * rank);
    for (let k = observed.starts[u]; k < observed.starts[u + 1]; k++) {
      const item = items.subarray(observed.columns[k] * rank, (observed.columns[k] + 1) * rank);
      const missing = 1 - dot(user, item);
      observedLoss += observed.values[k] * missing * missing;
    }
  }
  const unobservedLoss = dot(weightedGram(users, rank), weightedGram(items, rank, itemWeights));
  const scales = ridges(problem, settings);
  return (
    observedLoss +
    settings.unobservedWeight * unobservedLoss +
    weightedSquares(users, rank, scales.users) +
    weightedSquares(items, rank, scales.items)
  );
}

/** Σ_r scale_r ‖row_r‖² */
function weightedSquares(rows: Rows, rank: number, scales: Float32Array): number {
  let total = 0;
  for (let r = 0; r < scales.length; r++) {
    const row = rows.subarray(r * rank, (r + 1) * rank);
    total += scales[r] * dot(row, row);
  }
  return total;
}
