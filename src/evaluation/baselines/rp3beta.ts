import { transpose } from "../../math/sparse.ts";
import { type Baseline, recommendByScores } from "./baseline.ts";
import { findNeighbours, scoreByNeighbours } from "./neighbours.ts";
import { rankByPopularity } from "./popularity.ts";

export interface Rp3BetaSettings {
  readonly neighbourCount?: number;
  /** exponent of the transition probabilities */
  readonly alpha?: number;
  /** exponent of the popularity by which a score is divided */
  readonly beta?: number;
}

/**
 * RP3β (Paudel, Christoffel, Newell and Bernstein 2017): random walks of three steps from the user over the
 * bipartite graph, user → own item → its user → item. The walk from item i to item j has the probability
 * Σ_u (1/n_i)^α (1/n_u)^α over users u of both, divided here by n_j^β so that it ends less often at what is
 * popular; each item keeps its `neighbourCount` likeliest ends.
 */
export function rp3beta({ neighbourCount = 200, alpha = 0.6, beta = 0.3 }: Rp3BetaSettings = {}): Baseline {
  return {
    slug: "rp3beta",
    name: "RP3β",
    fit(interactions) {
      const rows = interactions.confidence;
      const byItem = transpose(rows);
      const neighbours = findNeighbours(rows, {
        neighbourCount,
        userWeights: degreePowers(rows.starts, -alpha),
        itemWeights: degreePowers(byItem.starts, -beta),
        ownWeights: degreePowers(byItem.starts, -alpha),
      });
      return recommendByScores(
        interactions,
        rankByPopularity(interactions),
        scoreByNeighbours(interactions, neighbours),
      );
    },
  };
}

/** (rows): each row's number of entries to the power; 1 for an empty row, which no walk visits. */
function degreePowers(starts: Uint32Array, exponent: number): Float64Array {
  return Float64Array.from(
    { length: starts.length - 1 },
    (_, row) => Math.max(1, starts[row + 1] - starts[row]) ** exponent,
  );
}
