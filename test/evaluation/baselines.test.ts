import { describe, expect, it } from "vitest";
import type { Baseline } from "../../src/evaluation/baselines/baseline.ts";
import { itemKnn } from "../../src/evaluation/baselines/item-knn.ts";
import { fromScores } from "../../src/evaluation/baselines/oracle.ts";
import { ownHistory } from "../../src/evaluation/baselines/own-history.ts";
import { popularity, recentPopularity } from "../../src/evaluation/baselines/popularity.ts";
import { rp3beta } from "../../src/evaluation/baselines/rp3beta.ts";
import { standardBaselines } from "../../src/evaluation/baselines/standard.ts";
import { evaluate } from "../../src/evaluation/evaluate.ts";
import { holdOutTruth } from "../../src/evaluation/held-out.ts";
import type { EventLog } from "../../src/interactions/event-log.ts";
import { IdTable } from "../../src/math/id-table.ts";
import { checkerboard, interactionsOf, logOf, randomShop } from "./shops.ts";

const fitted = (baseline: Baseline, log: EventLog) => baseline.fit(interactionsOf(log), log);

const shop = logOf([
  ["ann", "tea"],
  ["ann", "milk"],
  ["ben", "tea"],
  ["ben", "plum"],
  ["cat", "tea"],
  ["cat", "plum"],
  ["dan", "plum", "View"],
  ["dan", "salt", "View"],
  ["eve", "salt", "View"],
  ["eve", "soap"],
]);

describe("popularity", () => {
  it("ranks by buyers, then by users, then by row", () => {
    // Buyers: tea 3, plum 2, milk 1, soap 1, salt 0. Users: milk 1, soap 1: milk came first.
    expect(fitted(popularity, shop)("nobody", 9, "all")).toEqual(["tea", "plum", "milk", "soap", "salt"]);
  });

  it("hides from new items what the user bought, and nothing from all items", () => {
    const recommend = fitted(popularity, shop);
    expect(recommend("ann", 9, "all")).toEqual(["tea", "plum", "milk", "soap", "salt"]);
    expect(recommend("ann", 2, "new")).toEqual(["plum", "soap"]);
    expect(recommend("dan", 3, "new")).toEqual(["tea", "plum", "milk"]);
  });

  it("has the figures worked out by hand", () => {
    // New items, K = 2. ann gets plum, soap: plum is a hit at rank 1 of one relevant. ben gets milk, soap: one hit
    // of two, at rank 2. fay is new and gets tea, plum: a hit at rank 2; her mint was never seen and still counts.
    const hidden = logOf([
      ["ann", "plum"],
      ["ann", "tea"],
      ["ben", "soap"],
      ["ben", "salt"],
      ["fay", "plum"],
      ["fay", "mint"],
    ]);
    const truth = holdOutTruth(interactionsOf(shop), hidden);
    const { figures } = evaluate(fitted(popularity, shop), truth, { ks: [2], seed: 1, resamples: 0 }).tasks
      .new!;
    const secondOfTwo = 1 / Math.log2(3) / (1 + 1 / Math.log2(3));
    expect(figures["recall@2"]).toBeCloseTo((1 + 1 / 2 + 1 / 2) / 3, 6);
    expect(figures["ndcg@2"]).toBeCloseTo((1 + 2 * secondOfTwo) / 3, 6);
    expect(figures["map@2"]).toBeCloseTo((1 + 1 / 4 + 1 / 4) / 3, 6);
    expect(figures["precision@2"]).toBeCloseTo(1 / 2, 6);
    expect(figures["mrr@2"]).toBeCloseTo((1 + 1 / 2 + 1 / 2) / 3, 6);
    expect(figures["coverage@2"]).toBeCloseTo(4 / 5, 12);
  });
});

describe("recent popularity", () => {
  const dated = logOf([
    ["ann", "tea", "Purchase", 1],
    ["ben", "tea", "Purchase", 2],
    ["cat", "plum", "Purchase", 50],
    ["ann", "milk", "Purchase", 50],
    ["ann", "milk", "Purchase", 51],
    ["ben", "milk", "View", 52],
    ["dan", "plum", "Purchase", 55],
    ["dan", "salt", "Purchase", 3],
  ]);

  it("counts each buyer of the last days once, and falls back on all time", () => {
    expect(fitted(recentPopularity(), dated)("nobody", 9, "all")).toEqual(["plum", "milk", "tea", "salt"]);
    expect(fitted(recentPopularity({ days: 3 }), dated)("nobody", 2, "all")).toEqual(["plum", "tea"]);
  });

  it("is popularity where there are no times", () => {
    const timeless = { ...dated, time: dated.time.map(() => Number.NaN), hasTime: false };
    const all = fitted(popularity, timeless)("nobody", 9, "all");
    expect(fitted(recentPopularity(), timeless)("nobody", 9, "all")).toEqual(all);
  });
});

describe("the user's own history", () => {
  const dated = logOf([
    ["ann", "tea", "Purchase", 1],
    ["ann", "tea", "Purchase", 2],
    ["ann", "milk", "Purchase", 80],
    ["ann", "plum", "View", 85],
    ["ben", "salt", "Purchase", 91],
  ]);

  it("weighs frequency against recency, then falls back on what is popular", () => {
    // Strength ÷ (1 + age ÷ 90): tea 10 / (1 + 89/90) = 5.03, milk 5 / (1 + 11/90) = 4.46, plum 1 / (1 + 6/90) = .94.
    const recommend = fitted(ownHistory(), dated);
    expect(recommend("ann", 9, "all")).toEqual(["tea", "milk", "plum", "salt"]);
    expect(fitted(ownHistory({ days: 10 }), dated)("ann", 2, "all")).toEqual(["milk", "tea"]);
    expect(recommend("ann", 9, "new")).toEqual(["plum", "salt"]);
  });
});

describe("item-kNN and RP3β", () => {
  it("find the withheld diagonal of the checkerboard among new items", () => {
    const { fitted: seen, hidden } = checkerboard(24);
    const truth = holdOutTruth(interactionsOf(seen), hidden);
    for (const baseline of [itemKnn(), rp3beta()]) {
      const { figures } = evaluate(fitted(baseline, seen), truth, { ks: [1], seed: 1 }).tasks.new!;
      expect(figures["ndcg@1"]).toEqual({ value: 1, low: 1, high: 1 });
    }
  });

  it("equal the definition, computed without sparseness", () => {
    const { fitted: log } = randomShop(8, { users: 40, items: 30, events: 500 });
    const interactions = interactionsOf(log);
    const { rowCount, columnCount, starts, columns } = interactions.confidence;
    const has = Array.from(
      { length: rowCount },
      (_, u) => new Set(columns.subarray(starts[u], starts[u + 1])),
    );
    const users = Array.from({ length: columnCount }, (_, i) => has.filter((own) => own.has(i)).length);
    /** scores by the definition: Σ over own items of the pair's share among all pairs of that item */
    const scoresOf = (user: number, weigh: (i: number, j: number, u: number) => number) => {
      const scores = new Float64Array(columnCount);
      for (const i of has[user]) {
        const votes = Float64Array.from({ length: columnCount }, (_, j) =>
          j === i ? 0 : has.reduce((sum, own, u) => sum + (own.has(i) && own.has(j) ? weigh(i, j, u) : 0), 0),
        );
        const sum = votes.reduce((a, b) => a + b, 0);
        for (let j = 0; j < columnCount; j++) scores[j] += votes[j] / sum;
      }
      return scores;
    };
    const cases = [
      {
        baseline: itemKnn(),
        weigh: (i: number, j: number, u: number) => (users[i] * users[j] * has[u].size) ** -0.5,
      },
      {
        baseline: rp3beta({ alpha: 0.7, beta: 0.4 }),
        weigh: (i: number, j: number, u: number) => (users[i] * has[u].size) ** -0.7 * users[j] ** -0.4,
      },
    ];
    for (const { baseline, weigh } of cases) {
      const recommend = fitted(baseline, log);
      for (let user = 0; user < rowCount; user += 7) {
        const scores = scoresOf(user, weigh);
        const list = recommend(interactions.users.id(user), columnCount, "all").map((id) =>
          interactions.items.row(id),
        );
        for (let at = 1; at < list.length; at++) {
          expect(scores[list[at]]).toBeLessThanOrEqual(scores[list[at - 1]] + 1e-12);
        }
      }
    }
  });

  it("keep to the nearest neighbours that were asked for", () => {
    const recommend = fitted(itemKnn({ neighbourCount: 1 }), shop);
    // dan viewed plum and salt; the nearest of plum is tea (2 of 3 and 3 users), of salt soap (1 of 2 and 1).
    expect(recommend("dan", 2, "all").toSorted()).toEqual(["soap", "tea"]);
  });
});

describe("every baseline", () => {
  const { fitted: log, hidden } = randomShop(2, { users: 80, items: 60, events: 2500 });
  const interactions = interactionsOf(log);
  const oracle = fromScores("oracle", (_, into) => into.fill(0.5), interactions.items);

  it.each([...standardBaselines, oracle])(
    "$name fills lists with distinct unmasked items, known user or not",
    (baseline) => {
      const recommend = baseline.fit(interactions, log);
      const { starts, columns } = interactions.confidence;
      for (const userId of ["u0", "u1", "u33", "stranger"]) {
        const user = interactions.users.row(userId);
        const own =
          user < 0 ? [] : Array.from({ length: starts[user + 1] - starts[user] }, (_, k) => starts[user] + k);
        const bought = own.filter((pair) => interactions.typeBits[pair] & interactions.purchaseBits);
        const all = recommend(userId, 1000, "all");
        const fresh = recommend(userId, 1000, "new");
        expect(new Set(all).size).toBe(interactions.items.count);
        expect(all.length).toBe(interactions.items.count);
        expect(new Set(fresh).size).toBe(interactions.items.count - bought.length);
        for (const pair of bought) expect(fresh).not.toContain(interactions.items.id(columns[pair]));
        expect(recommend(userId, 7, "new")).toEqual(fresh.slice(0, 7));
      }
    },
  );

  it("has a slug and a name of its own", () => {
    expect(standardBaselines.map(({ slug }) => slug)).toEqual([
      "popularity",
      "recent-popularity",
      "own-history",
      "item-knn",
      "rp3beta",
    ]);
    expect(new Set(standardBaselines.map(({ name }) => name)).size).toBe(5);
  });

  it("beats chance on a shop with tastes, the neighbours beat popularity", () => {
    const truth = holdOutTruth(interactions, hidden);
    const ndcg = standardBaselines.map((baseline) => {
      const { figures } = evaluate(baseline.fit(interactions, log), truth, {
        ks: [10],
        seed: 1,
        resamples: 0,
      }).tasks.all!;
      return figures["ndcg@10"] as number;
    });
    expect(Math.min(...ndcg)).toBeGreaterThan(0.05);
    expect(ndcg[3]).toBeGreaterThan(ndcg[0]);
    expect(ndcg[4]).toBeGreaterThan(ndcg[0]);
  });
});

describe("fromScores", () => {
  it("ranks by the given scores over its own items, ties by row, owned ones hidden from new", () => {
    const items = IdTable.from(["mint", "tea", "plum", "milk"]);
    const oracle = fromScores(
      "oracle",
      (userId, into) => into.set(userId === "ann" ? [0.1, 0.4, 0.1, 0.4] : [1, 0, 0, 0]),
      items,
    );
    const recommend = fitted(oracle, shop);
    expect(recommend("ann", 3, "all")).toEqual(["tea", "milk", "mint"]);
    expect(recommend("ann", 3, "new")).toEqual(["mint", "plum"]);
    expect(recommend("stranger", 1, "new")).toEqual(["mint"]);
  });
});
