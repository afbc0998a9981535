import type { EventLog } from "../../src/interactions/event-log.ts";
import type { TrainingOrder } from "../../src/pipeline.ts";
import { defaultRecipe } from "../../src/training/defaults.ts";
import type { Recipe } from "../../src/training/grid.ts";
import { logOf, randomShop } from "../evaluation/shops.ts";

/** 400 users of five tastes, 100 items, 90 days of views and purchases. */
export function tinyLog(seed = 4, events = 6000): EventLog {
  const { fitted, hidden } = randomShop(seed, { users: 400, items: 100, events });
  const lines = [fitted, hidden].flatMap((log) =>
    Array.from({ length: log.length }, (_, row) => {
      const [user, item] = [log.users.id(log.user[row]), log.items.id(log.item[row])];
      return [user, item, log.eventTypes[log.type[row]], log.time[row] / 86_400] as const;
    }),
  );
  return logOf(lines);
}

export const tinyRecipe: Recipe = {
  ...defaultRecipe,
  als: { ...defaultRecipe.als, factors: 8, unobservedWeight: 0.1, regularization: 0.005, iterations: 4 },
};

export const withAls = (changes: Partial<Recipe["als"]>): Recipe => ({
  ...tinyRecipe,
  als: { ...tinyRecipe.als, ...changes },
});

/** One recipe, on one thread: what a test changes is laid over it. */
export const tinyOrder: TrainingOrder = {
  base: tinyRecipe,
  grid: { als: {} },
  seed: 1,
  holdOut: {},
  choice: { metric: "ndcg", k: 10 },
  ks: [10],
  threads: 1,
  memoryBytes: 2 ** 30,
  refit: true,
};
