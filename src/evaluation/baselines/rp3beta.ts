import { transpose } from "../../math/sparse.ts";
import { type Baseline, recommendByScores } from "./baseline.ts";
import { degreePowers, findNeighbours, normalizeVotes, scoreByNeighbours } from "./neighbours.ts";
import { rankByPopularity } from "./popularity.ts";

export interface Rp3BetaSettings {
  readonly neighbourCount?: number;
  /** exponent of the transition probabilities */
  readonly alpha?: number;
  /** exponent of the popularity by which a walk's probability is divided */
  readonly beta?: number;
}

/**
 * RP3β (Paudel, Christoffel, Newell and Bernstein 2017): random walks of three steps over the bipartite graph,
 * user → own item → its user → item. From item i a walk ends at item j with the probability
 * (1/n_i)^α Σ_u (1/n_u)^α over users u of both, divided by n_j^β so that it ends less often at what is popular.
 * Each item keeps its `neighbourCount` likeliest ends, rescaled to sum to 1 (then (1/n_i)^α cancels), as
 * Ferrari Dacrema et al. (2021) do.
 */
export function rp3beta({ neighbourCount = 200, alpha = 0.8, beta = 0.3 }: Rp3BetaSettings = {}): Baseline {
  return {
    slug: "rp3beta",
    name: "RP3β",
    fit(interactions) {
      const rows = interactions.confidence;
      const neighbours = findNeighbours(rows, {
        neighbourCount,
        userWeights: degreePowers(rows.starts, -alpha),
        itemWeights: degreePowers(transpose(rows).starts, -beta),
      });
      return recommendByScores(
        interactions,
        rankByPopularity(interactions),
        scoreByNeighbours(interactions, normalizeVotes(neighbours)),
      );
    },
  };
}
