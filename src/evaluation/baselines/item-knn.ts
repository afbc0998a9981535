import { transpose } from "../../math/sparse.ts";
import { type Baseline, recommendByScores } from "./baseline.ts";
import { findNeighbours, scoreByNeighbours } from "./neighbours.ts";
import { rankByPopularity } from "./popularity.ts";

/**
 * Item-based nearest neighbours (Sarwar et al. 2001): cosine of the items' columns of users, 0 or 1; each item
 * votes for its `neighbourCount` nearest.
 */
export function itemKnn({ neighbourCount = 100 }: { readonly neighbourCount?: number } = {}): Baseline {
  return {
    slug: "item-knn",
    name: "item-kNN",
    fit(interactions) {
      const rows = interactions.confidence;
      const { starts } = transpose(rows);
      const inverseNorms = Float64Array.from(
        { length: rows.columnCount },
        (_, item) => 1 / Math.sqrt(starts[item + 1] - starts[item]),
      );
      const neighbours = findNeighbours(rows, {
        neighbourCount,
        userWeights: new Float64Array(rows.rowCount).fill(1),
        itemWeights: inverseNorms,
        ownWeights: inverseNorms,
      });
      return recommendByScores(
        interactions,
        rankByPopularity(interactions),
        scoreByNeighbours(interactions, neighbours),
      );
    },
  };
}
