import { beforeAll, describe, expect, it } from "vitest";
import { compileConfidence } from "../../src/interactions/confidence.ts";
import { holdOut } from "../../src/interactions/holdout.ts";
import type { Criterion } from "../../src/training/criterion.ts";
import type { Recipe } from "../../src/training/grid.ts";
import { type Attempt, halve, rungsFor } from "../../src/training/halving.ts";
import { bestTrial, SweepError, type SweepOptions, sweep, trialsAbreast } from "../../src/training/sweep.ts";
import { TrialBench, type TrialOrder, type TrialOutcome } from "../../src/training/trial.ts";
import { estimateTrialBytes } from "../../src/training/trial-memory.ts";
import { tinyLog, tinyRecipe, withAls } from "./tiny-shop.ts";

const { train, validation } = holdOut(tinyLog(), { seed: 1 });
const criterion: Criterion = { task: "all", metric: "ndcg", k: 10, target: "any" };
const options: SweepOptions = { criterion, threads: 2, memoryBytes: 2 ** 30 };
const sizes = { userCount: train.users.count, itemCount: train.items.count, pairCount: train.length };

/** What a trial found, without the time it took. */
const found = ({ iterations, best }: TrialOutcome) => ({
  best: best?.iteration,
  iterations: iterations.map(({ iteration, loss, value }) => ({ iteration, loss, value })),
});

const orderOf = (recipe: Recipe, trial = 0): TrialOrder => {
  const { formula, parameters } = recipe.confidence;
  return { trial, recipe, program: compileConfidence(formula, parameters) };
};

describe("a sweep", () => {
  const recipes = [
    withAls({ factors: 4 }),
    withAls({ factors: 0 }),
    { ...tinyRecipe, confidence: { ...tinyRecipe.confidence, formula: "0 * r" } },
    withAls({ unobservedWeight: 1e300, regularization: 1e300 }),
    withAls({ factors: 2048 }),
    tinyRecipe,
  ];
  let outcomes: TrialOutcome[];
  const heard: [trial: number, iteration: number, loss: number][] = [];
  const told: number[] = [];
  beforeAll(async () => {
    outcomes = await sweep(recipes, train, validation, {
      ...{ ...options, memoryBytes: 3 * estimateTrialBytes(sizes, { factors: 8 }) },
      onIteration: (trial, { iteration, loss }) => heard.push([trial, iteration, loss]),
      onOutcome: ({ trial }) => told.push(trial),
    });
  });

  it("finds in threads, in the recipes' order, what the same trials find alone", async () => {
    expect(outcomes.map(({ trial, recipe }) => [trial, recipe])).toEqual(
      recipes.map((recipe, at) => [at, recipe]),
    );
    const bench = new TrialBench(train, validation, criterion);
    for (const at of [5, 0]) {
      expect(found(outcomes[at])).toEqual(found(await bench.run(orderOf(recipes[at], at), () => {})));
    }
  });

  it("tells the loss of every iteration as it goes", () => {
    for (const { trial, iterations, best } of outcomes) {
      const own = heard.filter(([of]) => of === trial).map(([, iteration, loss]) => [iteration, loss]);
      expect(own).toEqual(iterations.map(({ iteration, loss }) => [iteration, loss]));
      if (best) expect(iterations[0].loss).toBeGreaterThan(iterations.at(-1)!.loss);
    }
  });

  it("has a row that says why for a trial that fails, and goes on", () => {
    expect(outcomes[1].error).toBe("factors must be a whole number from 1 to 2048, not 0");
    expect(outcomes[2].error).toMatch(/the confidence formula "0 \* r" gives 0/);
    expect(told.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(outcomes.map(({ best }) => best !== undefined)).toEqual([true, false, false, false, false, true]);
    expect([0, 5]).toContain(bestTrial(outcomes).trial);
  });

  it("has a row for a trial that leaves the finite numbers: no NaN comes out", () => {
    expect(outcomes[3].error).toMatch(/finite/);
    for (const { iterations } of outcomes) {
      for (const { loss, value } of iterations) expect(Number.isFinite(loss + value)).toBe(true);
    }
  });

  it("refuses what does not fit into memory before it starts", () => {
    expect(outcomes[4].error).toMatch(/^needs about \d+ MiB and may use \d+: fewer factors, or --memory$/);
    expect(told[0]).toBe(4);
  });

  it("fails only where every trial did, with the first one's reason", async () => {
    const all = sweep([withAls({ factors: 0 }), tinyRecipe], train, validation, {
      ...options,
      memoryBytes: 1,
    });
    await expect(all).rejects.toThrow(SweepError);
    await expect(all).rejects.toThrow(/every trial failed; .* needs about/);
  });

  it.each([
    [1.9, 8, 1],
    [3.5, 8, 3],
    [99, 8, 4],
    [99, 2, 2],
  ])(
    "with memory for %s of the largest trial and %s threads runs %s of four side by side",
    (room, threads, expected) => {
      const four = [4, 16, 8, 16].map((factors) => ({ recipe: withAls({ factors }) }));
      const memoryBytes = room * estimateTrialBytes(sizes, { factors: 16 });
      expect(trialsAbreast(four, train, { memoryBytes, threads })).toBe(expected);
    },
  );

  it("ends at once when it is interrupted, with the reason", async () => {
    const controller = new AbortController();
    const long = Array.from({ length: 50 }, () => withAls({ iterations: 1000 }));
    const outcomes: TrialOutcome[] = [];
    const interrupted = sweep(long, train, validation, {
      ...{ ...options, threads: 1 },
      signal: controller.signal,
      onIteration: () => controller.abort(new Error("interrupted")),
      onOutcome: (outcome) => outcomes.push(outcome),
    });
    await expect(interrupted).rejects.toThrow("interrupted");
    expect(outcomes).toEqual([]);
  });
});

describe("a search by halving", () => {
  const weights = [0.003, 0.01, 0.03, 0.1, 0.3, 1];
  const recipes = [
    ...weights.flatMap((unobservedWeight) =>
      [0.002, 0.02].map((regularization) => withAls({ factors: 16, unobservedWeight, regularization })),
    ),
    withAls({ factors: 0 }),
    withAls({ factors: 2048 }),
    { ...tinyRecipe, confidence: { ...tinyRecipe.confidence, formula: "r +" } },
  ];
  const room = 3 * estimateTrialBytes(sizes, { factors: 16 });
  const searching = { ...options, memoryBytes: room, search: "halving" as const };
  const told: TrialOutcome[] = [];
  let outcomes: TrialOutcome[];
  beforeAll(async () => {
    outcomes = await sweep(recipes, train, validation, {
      ...searching,
      onOutcome: (outcome) => told.push(outcome),
    });
  });

  it("has one row for every recipe, told once: run to its end, fallen out, or failed", () => {
    expect(outcomes.map(({ trial, recipe }) => [trial, recipe])).toEqual(
      recipes.map((recipe, at) => [at, recipe]),
    );
    expect(told.map(({ trial }) => trial).sort((a, b) => a - b)).toEqual([...recipes.keys()]);
    for (const outcome of told) expect(outcomes[outcome.trial]).toEqual(outcome);
    const whole = outcomes.filter(({ best, fellOutAt }) => best && !fellOutAt);
    expect(whole).toHaveLength(1);
    for (const { iterations } of whole) expect(iterations.length).toBeGreaterThan(1);
    const fell = (factors: number) => outcomes.filter(({ fellOutAt }) => fellOutAt?.factors === factors);
    expect([fell(8).length, fell(16).length]).toEqual([9, 2]);
    expect(fell(16).map(({ iterations }) => iterations.length)).toEqual([1, 1]);
    expect(outcomes[12].error).toMatch(/^factors must be a whole number/);
    expect(outcomes[13].error).toMatch(/^needs about .* --memory$/);
    expect(outcomes[14].error).toMatch(/"r \+"/);
  });

  it("runs the ones that it keeps as a plain grid does, and none of them is beaten by what it chooses", async () => {
    const chosen = bestTrial(outcomes);
    expect(chosen.fellOutAt).toBeUndefined();
    const bench = new TrialBench(train, validation, criterion);
    const alone = await bench.run(orderOf(chosen.recipe), () => {});
    expect(found(chosen)).toEqual(found(alone));
    const plain = await sweep(recipes.slice(0, 12), train, validation, options);
    expect(chosen.best.value).toBeGreaterThan(0.95 * bestTrial(plain).best.value);
  });

  it("depends on recipes and events alone: as many threads as there may be find the same", async () => {
    const again = await sweep(recipes, train, validation, { ...searching, threads: 1 });
    const steady = (all: TrialOutcome[]) =>
      all.map((outcome) => [found(outcome), outcome.fellOutAt, outcome.error]);
    expect(steady(again)).toEqual(steady(outcomes));
  });

  it("takes the next best where all that it kept fail", async () => {
    const orders = Array.from({ length: 6 }, (_, trial) => orderOf(tinyRecipe, trial));
    const wholes: number[][] = [];
    const fallen: number[] = [];
    const attempt: Attempt = async (tried, rung) => {
      if (!rung) wholes.push(tried.map(({ trial }) => trial));
      return tried.map(({ trial, recipe }) => {
        const best = { iteration: 1, loss: 1, value: trial, seconds: 0 };
        const fails = !rung && trial > 4;
        const found = fails ? { iterations: [], error: "no memory" } : { iterations: [best], best };
        return { trial, recipe, seconds: 0, ...found };
      });
    };
    await halve(orders, attempt, ({ trial }) => fallen.push(trial));
    expect(wholes).toEqual([[5], [4]]);
    expect(fallen).toEqual([1, 0, 2, 3]);
  });

  it("runs a few recipes to their end at once", () => {
    expect(rungsFor(4)).toEqual([]);
    for (let count = 5; count < 500; count++) {
      const kept = rungsFor(count).map(({ keep }) => keep);
      expect([count, ...kept]).toEqual([count, ...kept].toSorted((a, b) => b - a));
    }
  });

  it("ends at once when it is interrupted, with the reason", async () => {
    const controller = new AbortController();
    const interrupted = sweep(recipes, train, validation, {
      ...searching,
      signal: controller.signal,
      onIteration: () => controller.abort(new Error("interrupted")),
    });
    await expect(interrupted).rejects.toThrow("interrupted");
  });
});

describe("a trial", () => {
  const bench = new TrialBench(train, validation, criterion);

  it("stops after two iterations that validation does not like better, and names the best", async () => {
    const { iterations, best } = await bench.run(orderOf(withAls({ iterations: 60 })), () => {});
    expect(iterations.length).toBeLessThan(60);
    expect(best?.iteration).toBe(iterations.length - 2);
    const values = iterations.map(({ value }) => value);
    expect(best?.value).toBe(Math.max(...values));
  });

  it("aims at what the criterion counts", async () => {
    const run = (target: Criterion["target"]) =>
      new TrialBench(train, validation, { ...criterion, target }).run(orderOf(tinyRecipe), () => {});
    const [any, purchase] = [await run("any"), await run("purchase")];
    expect(purchase.iterations[0].loss).toBe(any.iterations[0].loss);
    expect(purchase.best?.value).not.toBe(any.best?.value);
  });
});
