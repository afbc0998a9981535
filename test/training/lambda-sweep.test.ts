import { beforeEach, describe, expect, it } from "vitest";
import { FunctionsError, TryAgainError } from "../../src/functions/functions.ts";
import { compileConfidence } from "../../src/interactions/confidence.ts";
import { holdOut } from "../../src/interactions/holdout.ts";
import { StoreError } from "../../src/store/store.ts";
import type { Criterion } from "../../src/training/criterion.ts";
import type { Recipe } from "../../src/training/grid.ts";
import { type LambdaSweepOrder, lambdaSweep } from "../../src/training/lambda-sweep.ts";
import { type SweepOptions, sweep } from "../../src/training/sweep.ts";
import { TrialBench, type TrialOutcome } from "../../src/training/trial.ts";
import { MemoryStore } from "../rollout/memory-store.ts";
import { tinyLog, withAls } from "./tiny-shop.ts";
import { TrainingFunction, timedOut } from "./training-function.ts";

const { train, validation } = holdOut(tinyLog(4, 2500), { seed: 1 });
const criterion: Criterion = { task: "all", metric: "ndcg", k: 10, target: "any" };
const here: SweepOptions = { criterion, threads: 1, memoryBytes: 2 ** 30 };

/** What a trial found, without the time it took. */
const found = ({ trial, iterations, best, error, fellOutAt }: TrialOutcome) => ({
  ...{ trial, error, fellOutAt, best: best?.iteration },
  iterations: iterations.map(({ iteration, loss, value }) => ({ iteration, loss, value })),
});

/** What a trial finds on its own, in this thread. */
const bench = new TrialBench(train, validation, criterion);
const alone = async (recipe: Recipe, trial = 0) => {
  const { formula, parameters } = recipe.confidence;
  return found(await bench.run({ trial, recipe, program: compileConfidence(formula, parameters) }, () => {}));
};

let store: MemoryStore;
let lambda: TrainingFunction;
let notes: string[];
let pauses: number[];
beforeEach(() => {
  store = new MemoryStore();
  lambda = new TrainingFunction(store);
  notes = [];
  pauses = [];
});

const onLambda = (
  recipes: readonly Recipe[],
  options: Partial<SweepOptions> = {},
  order: Partial<LambdaSweepOrder> = {},
): Promise<TrialOutcome[]> =>
  sweep(recipes, train, validation, {
    ...here,
    place: lambdaSweep({
      ...{ functions: lambda.functions, functionName: "training", store, run: "r1", concurrency: 2 },
      onNote: (note) => notes.push(note),
      sleep: async (milliseconds) => void pauses.push(milliseconds),
      ...order,
    }),
    ...options,
  });

const three = [withAls({ factors: 4 }), withAls({ factors: 8 }), withAls({ factors: 6 })];
const calls = (trial: number): number => lambda.asked.filter((asked) => asked.trial === trial).length;
const resultKeys = (): Promise<string[]> =>
  store.list("sweeps/r1/").then((keys) => keys.filter((key) => /\/\d+\.json$/.test(key)));

describe("a sweep on Lambda", () => {
  it("finds what threads find, bit for bit, a few trials at once, each by one invocation", async () => {
    const outcomes = await onLambda(three);
    expect(outcomes.map(found)).toEqual(await Promise.all(three.map(alone)));
    expect(lambda.asked).toHaveLength(3);
    expect(lambda.abreastMax).toBe(2);
    expect(lambda.asked[0]).toEqual({ step: "trial", run: "r1", trial: 0, factors: 4, iterations: 4 });
  });

  it("searches by halving as threads do", async () => {
    const recipes = [0.003, 0.01, 0.03, 0.1, 0.3, 1].map((unobservedWeight) =>
      withAls({ factors: 16, unobservedWeight, iterations: 2 }),
    );
    const outcomes = await onLambda(recipes, { search: "halving" });
    const plain = await sweep(recipes, train, validation, { ...here, search: "halving" });
    expect(outcomes.map(found)).toEqual(plain.map(found));
    expect(lambda.asked.length).toBeGreaterThan(6);
  });

  it("has a row that says why for a trial that fails, asked for once, and goes on", async () => {
    const recipes = [withAls({ factors: 4 }), withAls({ regularizationExponent: 5 })];
    const outcomes = await onLambda(recipes);
    expect(outcomes[0].best).toBeDefined();
    expect(outcomes[1].error).toBe("regularizationExponent must be between -4 and 4, not 5");
    expect(calls(1)).toBe(1);
  });

  it("has a row that says why for a trial that times out whenever it is asked for, and goes on", async () => {
    lambda.invoked = (asked, work) => (asked.trial === 1 ? Promise.resolve(timedOut) : work());
    const outcomes = await onLambda(three);
    expect(outcomes.map(({ best }) => best !== undefined)).toEqual([true, false, true]);
    expect(outcomes[1].error).toMatch(/^training was asked in vain: .*Task timed out after 900/);
    expect(calls(1)).toBe(3);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/^trial 1 is asked for again: .*timed out/);
    expect(pauses).toEqual([1000, 2000]);
  });

  it("goes on from the last iteration of a trial that was ended in the middle", async () => {
    let left = 2;
    const iterationsBefore: number[] = [];
    lambda.invoked = async (asked, work) => {
      const checkpoint = store.objects.get("sweeps/r1/f8-i4/0000.safetensors");
      iterationsBefore.push(checkpoint ? 1 : 0);
      if (asked.trial !== 0 || left-- === 0) return work();
      // Ended from outside, it tells nothing, and its result is not written.
      const ended = await work(() => {
        throw new StoreError("ended");
      });
      expect(ended.failure).toMatch(/ended/);
      return timedOut;
    };
    const recipe = withAls({ factors: 8 });
    const [outcome] = await onLambda([recipe]);
    expect(found(outcome)).toEqual(await alone(recipe));
    expect(iterationsBefore).toEqual([0, 1, 1]);
    expect(store.objects.has("sweeps/r1/f8-i4/0000.safetensors")).toBe(false);
  });

  it("lays a trial down that would not end in time, and takes it up as often as it gets on", async () => {
    lambda.invoked = (_, work) => work(() => 0);
    const [outcome] = await onLambda([withAls({ factors: 8 })]);
    expect(found(outcome)).toEqual(await alone(withAls({ factors: 8 })));
    expect(calls(0)).toBe(4);
    expect([notes, pauses]).toEqual([[], []]);
  });

  it("takes one result from a trial that answers twice, the first one", async () => {
    let first: string | undefined;
    lambda.invoked = async (asked, work) => {
      const [one] = await Promise.all([work(), work()]);
      first ??= store.objects.get((await resultKeys())[0])?.etag;
      const again = await work();
      expect(again.payload).toEqual({ state: "done" });
      return asked.trial === 0 ? one : again;
    };
    const outcomes = await onLambda([three[0]]);
    const [key] = await resultKeys();
    expect(store.objects.get(key)?.etag).toBe(first);
    expect(found(outcomes[0])).toEqual(await alone(three[0]));
  });

  it("joins from the store: an answer that is lost is not missed, one without a result is not believed", async () => {
    lambda.invoked = async (asked, work) => {
      if (asked.trial === 0) {
        await work();
        throw new TryAgainError("the connection broke");
      }
      return asked.trial === 1 ? { payload: { state: "done" } } : work();
    };
    const outcomes = await onLambda(three);
    expect(outcomes[0].best).toBeDefined();
    expect(calls(0)).toBe(1);
    expect(outcomes[1].error).toMatch(/it left no result/);
    expect(calls(1)).toBe(3);
  });

  it("waits where Lambda is busy, without counting that against the trial", async () => {
    let busy = 6;
    lambda.invoked = (_, work) => {
      if (busy-- > 0) throw new TryAgainError("TooManyRequestsException");
      return work();
    };
    const [outcome] = await onLambda([three[0]]);
    expect(outcome.best).toBeDefined();
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000]);
  });

  it("ends over what no other call would mend", async () => {
    lambda.invoked = () => {
      throw new FunctionsError("function training: AccessDeniedException");
    };
    await expect(onLambda(three)).rejects.toThrow(/AccessDenied/);
    expect(lambda.asked.length).toBeLessThanOrEqual(2);
  });

  it("refuses before it starts what would not fit into a function or its time, naming what to raise", async () => {
    lambda.memoryMegabytes = 512;
    const [big, small] = await onLambda([withAls({ factors: 1500 }), withAls({ factors: 4 })]);
    expect(big.error).toMatch(
      /needs about \d+ MB and may use 409, 80 % of TrainingMemory=512: raise TrainingMemory/,
    );
    expect(small.best).toBeDefined();
    expect(calls(0)).toBe(0);
    lambda.memoryMegabytes = 3008;
    const long = await onLambda([withAls({ iterations: 100_000, factors: 64 }), three[0]], {}, { run: "r2" });
    expect(long[0].error).toMatch(/would take about \d+ minutes .*may plan for 12 of its 15: .*quota/);
  });

  it("goes on with a run that was interrupted, and asks for nothing twice", async () => {
    const controller = new AbortController();
    lambda.invoked = async (asked, work) => {
      if (asked.trial === 1) controller.abort(new Error("interrupted"));
      return work();
    };
    const interrupted = onLambda(three, { signal: controller.signal }, { concurrency: 1 });
    await expect(interrupted).rejects.toThrow("interrupted");
    const before = lambda.asked.length;
    expect(before).toBe(2);
    lambda.invoked = (_, work) => work();
    const outcomes = await onLambda(three);
    expect(outcomes.every(({ best }) => best !== undefined)).toBe(true);
    expect(lambda.asked.slice(before).map(({ trial }) => trial)).toEqual([2]);
    await expect(onLambda([withAls({ factors: 5 })])).rejects.toThrow(/begun with other events or settings/);
  });

  it("refuses a function that works in another registry, or in none", async () => {
    const configured = await lambda.configuration();
    for (const [registry, said] of [
      ["s3://another/shop", /reads and writes s3:\/\/another\/shop, not memory: name it with --registry/],
      [undefined, /is no training function/],
    ] as const) {
      const environment = registry === undefined ? {} : { AISLE_REGISTRY: registry };
      lambda.configuration = async () => ({
        ...configured,
        environment: environment as Record<string, string>,
      });
      await expect(onLambda(three)).rejects.toThrow(said);
    }
    expect(await store.list("sweeps/")).toEqual([]);
  });
});
