import { beforeAll, describe, expect, it } from "vitest";
import { holdOut } from "../../src/interactions/holdout.ts";
import { bestTrial, planSweep, SweepError, type SweepOptions, sweep } from "../../src/training/sweep.ts";
import { type Criterion, TrialBench, type TrialOutcome } from "../../src/training/trial.ts";
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
      expect(found(outcomes[at])).toEqual(found(await bench.run(at, recipes[at], () => {})));
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
      const four = [4, 16, 8, 16].map((factors) => withAls({ factors }));
      const memoryBytes = room * estimateTrialBytes(sizes, { factors: 16 });
      expect(planSweep(four, train, { memoryBytes, threads }).abreast).toBe(expected);
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

describe("a trial", () => {
  const bench = new TrialBench(train, validation, criterion);

  it("stops after two iterations that validation does not like better, and names the best", async () => {
    const { iterations, best } = await bench.run(0, withAls({ iterations: 60 }), () => {});
    expect(iterations.length).toBeLessThan(60);
    expect(best?.iteration).toBe(iterations.length - 2);
    const values = iterations.map(({ value }) => value);
    expect(best?.value).toBe(Math.max(...values));
  });

  it("aims at what the criterion counts", async () => {
    const run = (target: Criterion["target"]) =>
      new TrialBench(train, validation, { ...criterion, target }).run(0, tinyRecipe, () => {});
    const [any, purchase] = [await run("any"), await run("purchase")];
    expect(purchase.iterations[0].loss).toBe(any.iterations[0].loss);
    expect(purchase.best?.value).not.toBe(any.best?.value);
  });
});
