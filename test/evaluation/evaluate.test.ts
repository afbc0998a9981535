import { describe, expect, it } from "vitest";
import { evaluate, type Recommend, RepeatedItemError } from "../../src/evaluation/evaluate.ts";
import { holdOutTruth } from "../../src/evaluation/held-out.ts";
import { bandsOf } from "../../src/evaluation/list-tally.ts";
import { figureValue, scoreRanking } from "../../src/evaluation/metrics.ts";
import { labelLeaked, metricsDocument } from "../../src/evaluation/metrics-document.ts";
import { checkerboard, interactionsOf, interactionsOfLines, logOf, randomShop } from "./shops.ts";

const seed = 3;
const fitted = interactionsOfLines([
  ["ann", "a"],
  ["ben", "a"],
  ["ben", "b"],
  ["cat", "c"],
]);
const hidden = logOf([
  ["ann", "b"],
  ["ann", "c"],
  ["ann", "unseen"],
  ["ben", "a"],
  ["dan", "a"],
]);
const truth = holdOutTruth(fitted, hidden);
/** The same list for everyone, whatever the task. */
const abc: Recommend = (_, k) => ["a", "b", "c"].slice(0, k);

describe("evaluate", () => {
  it("gives a fixed list the figures worked out by hand", () => {
    // All items: ann (b, c and an unseen item are relevant) hits at ranks 2 and 3, ben and dan at rank 1.
    const { figures, users } = evaluate(abc, truth, { ks: [2, 3], seed, resamples: 0 }).tasks.all!;
    expect(users).toEqual(["ann", "ben", "dan"]);
    expect(figures["recall@3"]).toBeCloseTo((2 / 3 + 1 + 1) / 3, 6);
    expect(figures["recall-min@2"]).toBeCloseTo((1 / 2 + 1 + 1) / 3, 6);
    expect(figures["precision@2"]).toBeCloseTo((1 / 2 + 1 / 2 + 1 / 2) / 3, 6);
    expect(figures["mrr@3"]).toBeCloseTo((1 / 2 + 1 + 1) / 3, 6);
    const gain = 1 / Math.log2(3) + 1 / 2;
    expect(figures["ndcg@3"]).toBeCloseTo((gain / (1 + gain) + 1 + 1) / 3, 6);
    expect(figures["coverage@2"]).toBeCloseTo(2 / 3, 12);
    // Of four fitted pairs a has two, b and c one each: 1, 2 and 2 bits.
    expect(figures["novelty@2"]).toBeCloseTo(1.5, 12);
    expect(figures["novelty@3"]).toBeCloseTo(5 / 3, 12);
    expect(figures["popular-share@3"]).toBeCloseTo(1 / 3, 12);
  });

  it("leaves out of a task whoever has nothing relevant to it", () => {
    const report = evaluate(abc, truth, { ks: [3], seed });
    expect(report.tasks.new!.users).toEqual(["ann", "dan"]);
    expect(report.tasks.new!.perUser["recall@3"]).toEqual(Float32Array.of(2 / 3, 1));
  });

  it("has warm and cold users beside everyone, who are their weighted mean", () => {
    const { figures, segments } = evaluate(abc, truth, { ks: [3], seed }).tasks.all!;
    expect([segments.warm.userCount, segments.cold.userCount]).toEqual([2, 1]);
    const [warm, cold, all] = [segments.warm.figures, segments.cold.figures, figures].map((of) =>
      figureValue(of["recall@3"]),
    );
    expect(all).toBeCloseTo((2 * warm + cold) / 3, 9);
    expect(segments.cold.figures["mrr@3"]).toEqual({ value: 1, low: 1, high: 1 });
  });

  it("breaks rows and recall down by the items' popularity", () => {
    const { byPopularity } = evaluate(abc, truth, { ks: [1, 3], seed }).tasks.all!;
    expect(byPopularity.head).toMatchObject({ items: 1, relevant: 2, "share@1": 1, "recall@1": 1 });
    expect(byPopularity.middle).toMatchObject({
      items: 1,
      relevant: 1,
      "share@1": 0,
      "recall@1": 0,
      "recall@3": 1,
    });
    expect(byPopularity.tail).toMatchObject({ items: 1, relevant: 2, "recall@3": 0.5 });
    expect(byPopularity.tail["share@3"]).toBeCloseTo(1 / 3, 12);
  });

  it("asks once per user and task, for the largest cutoff, and scores no further", () => {
    const asked: string[] = [];
    const recommend: Recommend = (user, k, task) => {
      asked.push(`${user} ${k} ${task}`);
      return ["c", "b", "a", "unseen"];
    };
    const { tasks } = evaluate(recommend, truth, { ks: [2, 1], tasks: ["all"], seed });
    expect(asked).toEqual(["ann 2 all", "ben 2 all", "dan 2 all"]);
    expect(tasks.new).toBeUndefined();
    expect(figureValue(tasks.all!.figures["hit@2"])).toBeCloseTo(1 / 3, 12);
  });

  it("counts items that nobody knows as misses, and refuses an item named twice", () => {
    const { figures } = evaluate(() => ["nowhere", "a"], truth, { ks: [2], seed, resamples: 0 }).tasks.all!;
    expect(figures["mrr@2"]).toBeCloseTo(1 / 3, 12);
    expect(figures["novelty@2"]).toBeCloseTo((2 + 1) / 2, 12);
    expect(() => evaluate(() => ["a", "a"], truth, { seed })).toThrow(RepeatedItemError);
  });

  it("is the mean of scoreRanking over users", () => {
    const shop = randomShop(5, { users: 60, items: 50, events: 3000 });
    const parts = holdOutTruth(interactionsOf(shop.fitted), shop.hidden);
    const list = [...parts.items].reverse();
    const { users, perUser } = evaluate((_, k) => list.slice(0, k), parts, { seed }).tasks.all!;
    const { starts, items } = parts.relevant.all;
    users.forEach((user, at) => {
      const row = parts.users.indexOf(user);
      const relevant = new Set(
        Array.from(items.subarray(starts[row], starts[row + 1]), (item) => parts.items.id(item)),
      );
      const expected = scoreRanking(list, relevant, [5, 10, 20, 25]);
      for (const [name, value] of Object.entries(expected)) {
        expect(perUser[name as keyof typeof expected][at]).toBe(Math.fround(value));
      }
    });
  });

  it("gives a recommender that knows the pattern of the checkerboard a perfect score", () => {
    const { fitted: seen, hidden: withheld } = checkerboard(20);
    const interactions = interactionsOf(seen);
    const parts = holdOutTruth(interactions, withheld);
    const diagonal: Recommend = (user) => [user.replace("u", "i")];
    const { figures } = evaluate(diagonal, parts, { ks: [1], seed }).tasks.new!;
    for (const kind of ["recall", "precision", "map", "ndcg", "mrr", "hit"]) {
      expect(figures[`${kind}@1`]).toEqual({ value: 1, low: 1, high: 1 });
    }
    expect(figures["coverage@1"]).toBe(1);
  });

  it("gives the same report for the same seed", () => {
    const run = () => JSON.stringify(metricsDocument(evaluate(abc, truth, { seed: 9 })));
    expect(run()).toBe(run());
  });

  it("has no figures where nobody has anything hidden", () => {
    const none = evaluate(abc, holdOutTruth(fitted, logOf([])), { seed }).tasks.all!;
    expect(none.figures).toEqual({});
    expect(none.segments.warm).toEqual({ userCount: 0, figures: {} });
  });
});

describe("metricsDocument", () => {
  it("puts everyone by task, and the segments beside", () => {
    const document = metricsDocument(evaluate(abc, truth, { ks: [3], seed }));
    expect(Object.keys(document)).toEqual(["all", "new", "segments", "byPopularity", "personalize"]);
    expect(document.all!["ndcg@3"]).toMatchObject({ value: expect.any(Number), low: expect.any(Number) });
    expect(document.segments.cold.new!["recall@3"]).toMatchObject({ value: 1 });
    expect(document.byPopularity.all!.head).toMatchObject({ items: 1, relevant: 2 });
  });

  it("bears Personalize's names too, over everyone and all items", () => {
    const { all, personalize } = metricsDocument(evaluate(abc, truth, { seed }));
    expect(Object.keys(personalize)).toHaveLength(8);
    expect(personalize.mean_reciprocal_rank_at_25).toBe(figureValue(all!["mrr@25"]));
    expect(personalize.coverage).toBe(all!["coverage@25"]);
  });

  it("is labelled as leaked figure by figure", () => {
    const document = metricsDocument(evaluate(abc, truth, { seed }));
    const figures: object[] = [];
    const gather = (part: object): void => {
      if ("value" in part) figures.push(part);
      else for (const field of Object.values(part)) if (typeof field === "object") gather(field);
    };
    gather(labelLeaked(document) as object);
    expect(figures.length).toBeGreaterThan(150);
    expect(figures.filter((figure) => !("leaked" in figure))).toEqual([]);
    expect(labelLeaked(document)).toMatchObject({
      all: {
        "coverage@10": { value: 1, leaked: true },
        "ndcg@10": { low: expect.any(Number), leaked: true },
      },
      byPopularity: { all: { head: { items: 1, "share@5": { leaked: true } } } },
    });
  });
});

describe("bandsOf", () => {
  it("cuts the interactions, not the items, into thirds", () => {
    expect([...bandsOf(Uint32Array.of(1, 6, 2, 1, 1, 1))]).toEqual([2, 0, 1, 2, 2, 2]);
    expect([...bandsOf(new Uint32Array(2))]).toEqual([0, 0]);
  });

  it("puts every item in a band, the head never larger than the tail", () => {
    const counts = Uint32Array.from({ length: 300 }, (_, item) => Math.ceil(500 / (item + 1)));
    const sizes = [0, 1, 2].map((band) => bandsOf(counts).filter((of) => of === band).length);
    expect(sizes[0]).toBeLessThan(sizes[1]);
    expect(sizes[1]).toBeLessThan(sizes[2]);
  });
});
