import type { Baseline } from "./baseline.ts";
import { itemKnn } from "./item-knn.ts";
import { ownHistory } from "./own-history.ts";
import { popularity, recentPopularity } from "./popularity.ts";
import { rp3beta } from "./rp3beta.ts";

/** The recommenders that every model is compared with, simplest first. */
export const standardBaselines: readonly Baseline[] = [
  popularity,
  recentPopularity(),
  ownHistory(),
  itemKnn(),
  rp3beta(),
];
