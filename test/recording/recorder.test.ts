import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { holdOut } from "../../src/interactions/holdout.ts";
import { type TrainingOrder, train } from "../../src/pipeline.ts";
import { RunError, RunRecorder } from "../../src/recording/recorder.ts";
import { Registry } from "../../src/registry/registry.ts";
import { release } from "../../src/release.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { type Store, StoreError } from "../../src/store/store.ts";
import { RunStore } from "../../src/tracking/run-store.ts";
import { expandGrid, recipeToJson } from "../../src/training/grid.ts";
import { sweep, trialsTooLarge } from "../../src/training/sweep.ts";
import type { TrialOutcome } from "../../src/training/trial.ts";
import { MemoryStore } from "../rollout/memory-store.ts";
import { tinyLog, tinyOrder } from "../training/tiny-shop.ts";

const events = tinyLog();
const about = { who: "anna", program: "0.1.0", source: "events.csv" };
/** Two good trials and one that fails. */
const order: TrainingOrder = { ...tinyOrder, grid: { als: { factors: [4, 8, 0] } } };
const searching: TrainingOrder = {
  ...tinyOrder,
  search: "halving",
  grid: { als: { factors: [16], unobservedWeight: [0.01, 0.1, 1], regularization: [0.002, 0.02] } },
};
const lines: string[] = [];
const say = (line: string): void => void lines.push(line);

const ending = { channel: "production", seconds: 1 };

let folder: string;
let store: FolderStore;
let runs: RunStore;
let kept: Awaited<ReturnType<typeof finished>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-runs-"));
  store = new FolderStore(folder);
  runs = new RunStore(store);
  kept = await finished("first");
});
afterAll(() => rm(folder, { recursive: true }));

/** The trials of a training with their record; after `stopAfter` of them it is interrupted. */
async function record(
  recording: { readonly name?: string; readonly resume?: string | true },
  of: TrainingOrder = order,
  stopAfter = Number.POSITIVE_INFINITY,
  into: Store = store,
) {
  const recorder = await RunRecorder.open({ ...about, say, ...recording, store: into });
  const controller = new AbortController();
  const trialsRun = new Set<number>();
  const split = holdOut(events, { ...of.holdOut, seed: of.seed });
  const recipes = expandGrid(of.grid, of.base);
  const criterion = { ...of.choice, task: "all", target: "any" } as const;
  const tooLarge = trialsTooLarge(recipes, split.train, of);
  let ended = 0;
  try {
    const { find, keep } = await recorder.journal(events, of)({ split, criterion, recipes, tooLarge });
    const outcomes = await sweep(recipes, split.train, split.validation, {
      ...{ ...of, criterion, signal: controller.signal },
      onIteration: (trial) => trialsRun.add(trial),
      journal: {
        find,
        keep: async (outcome, isCheap) => {
          await keep(outcome, isCheap);
          if (++ended === stopAfter) controller.abort(new Error("interrupted"));
        },
      },
    });
    return { recorder, outcomes, trialsRun };
  } finally {
    await recorder.settle();
  }
}

/** A whole training, recorded and published. */
async function finished(name: string) {
  const recorder = await RunRecorder.open({ ...about, say, name, store });
  const trained = await train({ events }, { ...order, journal: recorder.journal(events, order) });
  const to = { ...about, registry: new Registry(store), channel: "production", run: name };
  const released = await release(trained, order, to);
  await recorder.finish(trained, released, ending);
  return { trained, released };
}

/** What a trial found, without the time and memory that it took. */
const steady = (outcomes: readonly TrialOutcome[]) =>
  outcomes.map(({ seconds: _, startedAt: __, peakMemoryBytes: ___, iterations, best, ...rest }) => ({
    ...rest,
    best: best?.iteration,
    iterations: iterations.map(({ seconds: ____, ...iteration }) => iteration),
  }));

describe("what is kept of a run", () => {
  it("is the run, every trial, and the result, beside what they were worth to each user", async () => {
    expect((await store.list("runs/first/")).map((key) => key.split("/")[2])).toEqual([
      ...["0000.json", "0000.users.json", "0001.json", "0001.users.json", "0002.json"],
      ...["result.json", "result.users.json", "run.json"],
    ]);
    const { run, trials, result } = await runs.whole("first");
    expect(run).toMatchObject({
      run: "first",
      who: "anna",
      program: "0.1.0",
      seed: 1,
      search: "grid",
      trialCount: 3,
    });
    expect(run.data).toMatchObject({ source: "events.csv", eventCount: 6000 });
    expect(run.data.digest).toBe(kept.trained.served.interactions.digest);
    expect(run.criterion).toEqual({ task: "all", metric: "ndcg", k: 10, target: "any" });
    expect(trials.map(({ trial, outcome }) => [trial, outcome])).toEqual([
      ...([
        [0, "finished"],
        [1, "finished"],
        [2, "failed"],
      ] as const),
    ]);
    expect(trials[2].error).toMatch(/^factors must be/);
    expect(result).toMatchObject({ trial: kept.trained.trial, model: kept.released.manifest.version });
    expect(result?.recipe).toEqual(recipeToJson(kept.trained.recipe));
    expect(result?.metrics?.all?.["ndcg@10"]).toEqual(kept.released.manifest.metrics?.all?.["ndcg@10"]);
    expect(Object.keys(result?.baselines ?? {})).toContain("popularity");
    const { decision, reason, difference } = kept.released.gate;
    expect(result?.gate).toMatchObject({ channel: "production", decision, reason });
    expect(result?.gate?.difference?.low).toBe(difference?.low);
    expect(kept.released.manifest.run).toBe("first");
  });

  it("has every iteration with its interval, the best of them, time and memory", async () => {
    const [trial] = await runs.trials("first");
    const [outcome] = kept.trained.outcomes;
    expect(trial.iterations.map(({ loss }) => loss)).toEqual(outcome.iterations.map(({ loss }) => loss));
    for (const { value } of trial.iterations) {
      if (typeof value === "number") throw new Error("an interval was expected");
      expect(value.low).toBeLessThan(value.value);
      expect(value.high).toBeGreaterThan(value.value);
    }
    expect(trial.best?.iteration).toBe(outcome.best?.iteration);
    expect(trial.peakMemoryBytes).toBeGreaterThan(2 ** 20);
    expect(trial.seconds).toBe(outcome.seconds);
  });

  it("pairs up: values of all trials and of all recommenders, by the same users, whose mean is the figure", async () => {
    const [one, other] = [await runs.trialUsers("first", 0), await runs.trialUsers("first", 1)];
    expect(one?.cut).toBe(other?.cut);
    expect(one?.metric).toBe("ndcg@10 on all items");
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(one!.values.aisle)).toBeCloseTo(kept.trained.outcomes[0].best!.value, 6);
    const test = await runs.resultUsers("first");
    const { all } = kept.trained.entrant.report.tasks;
    expect(Float32Array.from(test!.values.aisle)).toEqual(all!.perUser["ndcg@10"]);
    expect(Object.keys(test!.values)).toEqual(kept.trained.contest.entrants.map(({ slug }) => slug));
    expect(new Set(Object.values(test!.values).map(({ length }) => length)).size).toBe(1);
    const record = await new Registry(store).testRecord(kept.released.manifest.version);
    expect(test?.cut).toBe(record?.cut);
  });

  it("says the data's shape, and names nobody", async () => {
    const { profile } = await runs.run("first");
    expect(profile).toMatchObject({ userCount: 400, itemCount: 100 });
    expect(Object.values(profile!.types).reduce((a, b) => a + b)).toBe(6000);
    expect(profile!.eventsByDay!.reduce((sum, { count }) => sum + count, 0)).toBe(6000);
    expect(profile!.longTail.at(-1)).toEqual({ items: 1, events: 1 });
    expect(profile!.longTail[9].events).toBeGreaterThan(0.1);
    const users = new Set(events.users);
    for (const key of await store.list("runs/first/")) {
      const text = new TextDecoder().decode((await store.get(key))!.bytes);
      for (const [, word] of text.matchAll(/"((?:[^"\\]|\\.)*)"/g))
        expect(users.has(word), `${key}: ${word}`).toBe(false);
    }
  });

  it("changes nothing of what the trials find", async () => {
    const plain = await train({ events }, order);
    expect(steady(plain.outcomes)).toEqual(steady(kept.trained.outcomes));
    const bytes = (of: typeof plain) => Buffer.from(of.served.model.buffer.fileBytes);
    expect(bytes(plain).equals(bytes(kept.trained))).toBe(true);
  });

  it("names no user where a formula fails on one", async () => {
    const grid = {
      als: {},
      confidence: [tinyOrder.base.confidence, { ...tinyOrder.base.confidence, formula: "0 * r" }],
    };
    await record({ name: "formula" }, { ...tinyOrder, grid });
    const [, { error }] = await runs.trials("formula");
    expect(error).toMatch(/^the confidence formula "0 \* r" gives 0 for a pair, where r = /);
  });

  it("is not begun under a name that is taken, or is none", async () => {
    await expect(record({ name: "first" })).rejects.toThrow(/there is a run first already: .*--resume first/);
    await expect(record({ name: "../first" })).rejects.toThrow(RunError);
    await expect(record({ resume: "nowhere" })).rejects.toThrow(/there is no run nowhere/);
    await expect(record({ resume: "first" })).rejects.toThrow(/run first has ended with model/);
  });
});

describe("a run that was interrupted", () => {
  it("goes on with the trials that have not ended, and ends as if nothing had happened", async () => {
    await expect(record({ name: "cut-short" }, order, 1)).rejects.toThrow("interrupted");
    expect((await runs.trials("cut-short")).map(({ trial }) => trial)).toEqual([0]);
    const bytes = (await store.get("runs/cut-short/0000.json"))?.bytes;
    const { outcomes, trialsRun, recorder } = await record({ resume: true });
    expect(recorder.run).toBe("cut-short");
    expect(recorder.leftOver).toBe("1 of its 3 trials have ended");
    expect(trialsRun).toEqual(new Set([1]));
    const whole = await record({ name: "uncut" });
    expect(steady(outcomes.map(({ judged: _, ...outcome }) => outcome))).toEqual(
      steady(whole.outcomes.map(({ judged: _, ...outcome }) => outcome)),
    );
    expect((await store.get("runs/cut-short/0000.json"))?.bytes).toEqual(bytes);
    expect((await runs.trials("cut-short")).map(({ trial }) => trial)).toEqual([0, 1, 2]);
  });

  it("keeps the cheap trials of a search too, wherever it was interrupted", async () => {
    const whole = await record({ name: "search" }, searching);
    const kept = await runs.trials("search");
    expect(kept.map(({ outcome }) => outcome).sort()).toEqual([...Array(5).fill("fell-out"), "finished"]);
    for (const stopAfter of [3, 14]) {
      const name = `search-${stopAfter}`;
      await expect(record({ name }, searching, stopAfter)).rejects.toThrow("interrupted");
      const rungs = await runs.rungs(name);
      const again = await record({ resume: name }, searching);
      expect(steady(again.outcomes.map(({ judged: _, ...outcome }) => outcome))).toEqual(
        steady(whole.outcomes.map(({ judged: _, ...outcome }) => outcome)),
      );
      const told = (await runs.trials(name)).map(
        ({ run: _, startedAt: __, seconds: ___, ...rest }) => rest.best,
      );
      expect(told).toEqual(kept.map(({ best }) => best));
      for (const { trial } of kept) {
        expect(await runs.trialUsers(name, trial)).toEqual(await runs.trialUsers("search", trial));
      }
      if (stopAfter === 3) expect(rungs.length).toBeGreaterThanOrEqual(3);
    }
  });

  it("may be gone on with by two processes at once: what the first one puts stays", async () => {
    await expect(record({ name: "shared" }, order, 1)).rejects.toThrow("interrupted");
    const [one, other] = await Promise.all([record({ resume: "shared" }), record({ resume: "shared" })]);
    expect(steady(one.outcomes)).toEqual(steady(other.outcomes));
    const { trials } = await runs.whole("shared");
    expect(trials.map(({ trial, outcome }) => [trial, outcome])).toEqual(
      (await runs.trials("first")).map(({ trial, outcome }) => [trial, outcome]),
    );
    await runs.remove("shared");
    expect(await store.list("runs/shared/")).toEqual([]);
    expect(await runs.names()).toContain("first");
    expect(await runs.names()).not.toContain("shared");
  });

  it("is no other training: what differs is named", async () => {
    await expect(record({ name: "differs" }, order, 1)).rejects.toThrow("interrupted");
    const resumed = (changes: Partial<TrainingOrder>) =>
      record({ resume: "differs" }, { ...order, ...changes });
    const cases: [Partial<TrainingOrder>, RegExp][] = [
      [{ seed: 2 }, /seed: 1 in the run, 2 now/],
      [
        { grid: { als: { factors: [4, 16, 0] } } },
        /values als factors: \[4,8,0\] in the run, \[4,16,0\] now/,
      ],
      [
        { choice: { metric: "map", k: 10 } },
        /what validation chooses by \(metric\): "ndcg" in the run, "map" now/,
      ],
      [{ holdOut: { testFraction: 0.2 } }, /the parts they are cut into: .* in the run, .* now/],
      [{ search: "halving" }, /search: "grid" in the run, "halving" now/],
      [{ memoryBytes: 2 ** 20 }, /trials too large for --memory: \[\] in the run, \[0,1,2\] now/],
    ];
    for (const [changes, message] of cases) {
      const error = await resumed(changes).catch((thrown: Error) => thrown);
      expect(error).toBeInstanceOf(RunError);
      expect((error as Error).message).toMatch(message);
    }
  });
});

describe("a store that cannot be written", () => {
  /** Refuses what `isRefused` says, as a full disk would. */
  const refusing = (isRefused: (key: string) => boolean): MemoryStore =>
    new MemoryStore(async (name, call) => {
      const [verb, key] = name.split(" ");
      if (verb === "put" && isRefused(key)) throw new StoreError("the disk is full");
      return call();
    });

  it("loses no model: it is said, and what was refused is tried again at the end", async () => {
    lines.length = 0;
    let isFull = true;
    const into = refusing(() => isFull);
    const { recorder, outcomes } = await record({ name: "late" }, order, Number.POSITIVE_INFINITY, into);
    expect(steady(outcomes)).toEqual(steady(kept.trained.outcomes));
    isFull = false;
    await recorder.finish(kept.trained, kept.released, ending);
    expect(lines).toEqual(["! what is kept of run late waits for the end of the training: the disk is full"]);
    expect(await into.list("")).toHaveLength(8);
  });

  it("says how much of the record is missing where it stays so", async () => {
    lines.length = 0;
    const into = refusing(() => true);
    const { recorder } = await record({ name: "never" }, order, Number.POSITIVE_INFINITY, into);
    await recorder.finish(kept.trained, kept.released, ending);
    expect(lines[1]).toBe("! 8 documents of run never could not be written: the disk is full");
    expect(await into.list("")).toEqual([]);
  });
});
