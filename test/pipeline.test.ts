import { beforeAll, describe, expect, it } from "vitest";
import { selectEvents } from "../src/interactions/event-log.ts";
import { type Trained, type TrainingOrder, train } from "../src/pipeline.ts";
import { fitRecipe } from "../src/training/fit.ts";
import { logOf } from "./evaluation/shops.ts";
import { eventsOf, makeLog } from "./interactions/made-log.ts";
import { tinyLog, tinyOrder } from "./training/tiny-shop.ts";

const events = tinyLog();
const walk = (changes: Partial<TrainingOrder> = {}, log = events) =>
  train({ events: log }, { ...tinyOrder, ...changes });
const bytesOf = ({ served }: Trained) => served.model.buffer.fileBytes;

const grid = { als: { factors: [2, 8] } };
const stages: string[] = [];
let whole: Trained;
beforeAll(async () => {
  whole = await train({ events }, { ...tinyOrder, grid }, { stage: (name) => stages.push(name) });
});

describe("train", () => {
  it("chooses on validation, scores on the test once, and serves a fit on everything", () => {
    const { split, outcomes, recipe, scored, served, contest, criterion } = whole;
    expect(split).toMatchObject({ method: "time", leaking: false });
    expect(Math.max(...split.train.time)).toBeLessThan(split.validationFrom!);
    expect(Math.max(...split.validation.time)).toBeLessThan(split.testFrom!);
    expect(criterion).toEqual({ task: "all", metric: "ndcg", k: 10, target: "any" });
    expect(contest.heldOut.target).toBe("any");
    const [two, eight] = outcomes.map(({ best }) => best!.value);
    expect(recipe.als.factors).toBe(two >= eight ? 2 : 8);
    expect(recipe.als.iterations).toBe(outcomes[two >= eight ? 0 : 1].best!.iteration);
    expect(scored.eventCount).toBe(split.train.length + split.validation.length);
    expect(scored.interactions.now).toBeLessThan(split.testFrom!);
    expect(served.eventCount).toBe(events.length);
    expect(contest.entrants.map(({ slug }) => slug)).toEqual([
      ...["aisle", "popularity", "recent-popularity", "own-history", "item-knn", "rp3beta"],
    ]);
    expect(stages).toEqual([
      "weigh what users take again",
      "find how similar items are found",
      "fit on train and validation",
      "score on the test part",
      "fit on everything",
    ]);
  });

  it("gives the same bytes and figures on one thread and on three", async () => {
    const three = await walk({ grid, threads: 3 });
    expect(Buffer.compare(bytesOf(whole), bytesOf(three))).toBe(0);
    expect(whole.entrant.report).toEqual(three.entrant.report);
  });

  it("reads a hold-out file for the test alone: validation and every fit are of the training file", async () => {
    const known = selectEvents(
      events,
      Uint32Array.from({ length: 5000 }, (_, row) => row),
    );
    const later = eventsOf(
      selectEvents(
        events,
        Uint32Array.from({ length: 1000 }, (_, row) => 5000 + row),
      ),
    );
    const holdout = makeLog([...later, { ...later[0], item: "a new item" }]);
    const { split, recipe, scored, served } = await walk({ holdOut: { holdout } }, known);
    expect(split).toMatchObject({ method: "file", leaking: false });
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([4500, 500, 1001]);
    expect(served).toBe(scored);
    const alone = await fitRecipe(known, recipe);
    expect(Buffer.compare(served.model.buffer.fileBytes, alone.model.buffer.fileBytes)).toBe(0);
    expect(served.model.items.row("a new item")).toBe(-1);
  });

  it("says that a split by last baskets leaks, aims where it is told, and serves what was scored", async () => {
    const order = { holdOut: { method: "last-basket" }, target: "purchase", refit: false } as const;
    const { split, criterion, contest, scored, served } = await walk(order);
    expect(split.leaking).toBe(true);
    expect(split.sentence).toMatch(/leaks across users/);
    expect(criterion.target).toBe("purchase");
    expect(contest.heldOut.target).toBe("purchase");
    expect(served).toBe(scored);
  });

  it("aims at purchases by itself where a thousand of them are hidden", async () => {
    const large = tinyLog(5, 40_000);
    const { criterion, contest } = await walk({ choice: { metric: "map", k: 20 } }, large);
    expect(criterion).toEqual({ task: "all", metric: "map", k: 20, target: "purchase" });
    expect(contest.heldOut.target).toBe("purchase");
  });

  it.each([
    ["a single event", [["ann", "tea"]]],
    [
      "one user",
      [
        ["ann", "tea"],
        ["ann", "milk"],
      ],
    ],
    [
      "one item",
      [
        ["ann", "tea"],
        ["ben", "tea"],
        ["cat", "tea"],
      ],
    ],
  ] as const)("makes a model of %s, and says that nothing could choose", async (_, lines) => {
    const stages: string[] = [];
    const dated = lines.map(([user, item], day) => [user, item, "View", day + 1] as const);
    const watch = { stage: (name: string) => stages.push(name) };
    const lambdas = { als: { regularization: [0.1, tinyOrder.base.als.regularization] } };
    const trained = await train({ events: logOf(dated) }, { ...tinyOrder, grid: lambdas }, watch);
    expect(stages[0]).toMatch(/nobody in the validation part has anything to find/);
    expect(trained.outcomes).toEqual([]);
    expect(trained.recipe).toEqual(tinyOrder.base);
    expect(trained.served.model.userCount).toBe(new Set(lines.map(([user]) => user)).size);
  });

  it("stops where it is interrupted after the trials, while baselines are scored", async () => {
    const controller = new AbortController();
    const stages: string[] = [];
    const stage = (name: string) => {
      stages.push(name);
      if (name === "score on the test part") controller.abort(new Error("interrupted"));
    };
    const order = { ...tinyOrder, holdOut: { validationFraction: 0 }, signal: controller.signal };
    await expect(train({ events }, order, { stage })).rejects.toThrow("interrupted");
    expect(stages.at(-1)).toBe("score on the test part");
  });
});
