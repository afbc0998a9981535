import { type Baseline, recommendByScores } from "./baseline.ts";
import { rankByPopularity } from "./popularity.ts";

const secondsPerDay = 86_400;

/**
 * What the user had already, by frequency × recency: the pair's strength (Σ of event weights) ÷ (1 + days since
 * its last event ÷ `days`). In shops where people buy again this is hard to beat. Without times, strength alone.
 */
export function ownHistory({ days = 90 }: { readonly days?: number } = {}): Baseline {
  return {
    slug: "own-history",
    name: "own frequency × recency",
    fit(interactions) {
      const { confidence, strength, lastTime, now } = interactions;
      return recommendByScores(interactions, rankByPopularity(interactions), (user, board) => {
        for (let pair = confidence.starts[user]; pair < confidence.starts[user + 1]; pair++) {
          const age = lastTime[pair] === 0 ? 0 : Math.max(0, now - lastTime[pair]) / secondsPerDay;
          board.add(confidence.columns[pair], strength[pair] / (1 + age / days));
        }
      });
    },
  };
}
