import { transpose } from "../../math/sparse.ts";
import { type Baseline, recommendByScores } from "./baseline.ts";
import { degreePowers, findNeighbours, normalizeVotes, scoreByNeighbours } from "./neighbours.ts";
import { rankByPopularity } from "./popularity.ts";

/**
 * Item-based nearest neighbours (Sarwar et al. 2001): each item votes for the `neighbourCount` others of largest
 * cosine between their columns of users. As Deshpande and Karypis (2004) found better, users with many items
 * count less (here n_u^-½: whoever has everything tells nothing apart) and the votes of an item sum to 1.
 */
export function itemKnn({ neighbourCount = 100 }: { readonly neighbourCount?: number } = {}): Baseline {
  return {
    slug: "item-knn",
    name: "item-kNN",
    fit(interactions) {
      const rows = interactions.confidence;
      const inverseNorms = degreePowers(transpose(rows).starts, -0.5);
      const neighbours = findNeighbours(rows, {
        neighbourCount,
        userWeights: degreePowers(rows.starts, -0.5),
        itemWeights: inverseNorms,
      });
      return recommendByScores(
        interactions,
        rankByPopularity(interactions),
        scoreByNeighbours(interactions, normalizeVotes(neighbours)),
      );
    },
  };
}
