import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CutoffError,
  checkCutoffs,
  metricNames,
  personalizeNames,
  scoreRanking,
  toPersonalizeMetrics,
} from "../../src/evaluation/metrics.ts";

const settings = { seed: 1, numRuns: 200 };

/** A ranking of distinct items, what is relevant, and a cutoff. */
const rankingCase = fc.record({
  ranked: fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 30 }),
  relevant: fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 20 }),
  k: fc.integer({ min: 1, max: 25 }),
});

describe("scoreRanking", () => {
  it("gives Personalize's worked example: hits at ranks 2 and 5 of five", () => {
    const got = scoreRanking(["a", "B", "c", "d", "E"], new Set(["B", "E"]), [5]);
    expect(got["mrr@5"]).toBe(0.5);
    expect(got["ndcg@5"]).toBeCloseTo(0.6241, 4);
    expect(got["precision@5"]).toBe(0.4);
    expect(got["recall@5"]).toBe(1);
    expect(got["map@5"]).toBeCloseTo((1 / 2 + 2 / 5) / 2, 12);
    expect(got["hit@5"]).toBe(1);
  });

  it("divides as the textbook does where K is below what is relevant", () => {
    const got = scoreRanking(["A", "x", "B", "y"], new Set(["A", "B", "C", "D", "E"]), [2, 4]);
    expect(got["recall@2"]).toBeCloseTo(1 / 5, 12);
    expect(got["recall-min@2"]).toBeCloseTo(1 / 2, 12);
    expect(got["precision@2"]).toBeCloseTo(1 / 2, 12);
    expect(got["map@4"]).toBeCloseTo((1 + 2 / 3) / 4, 12);
    expect(got["ndcg@2"]).toBeCloseTo(1 / (1 + 1 / Math.log2(3)), 12);
  });

  it("keeps K in the denominator of precision where the list is shorter", () => {
    const got = scoreRanking(["A"], new Set(["A"]), [10]);
    expect(got["precision@10"]).toBe(0.1);
    expect(got["ndcg@10"]).toBe(1);
  });

  it("stays between 0 and 1, recall-min at or above recall and precision", () => {
    fc.assert(
      fc.property(rankingCase, ({ ranked, relevant, k }) => {
        const got = scoreRanking(ranked, new Set(relevant), [k]);
        for (const value of Object.values(got)) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        expect(got[`recall-min@${k}`]).toBeGreaterThanOrEqual(got[`recall@${k}`]);
        expect(got[`recall-min@${k}`]).toBeGreaterThanOrEqual(got[`precision@${k}`]);
      }),
      settings,
    );
  });

  it("gives the best possible ranking NDCG, MAP, MRR and recall-min of exactly 1", () => {
    fc.assert(
      fc.property(rankingCase, ({ relevant, k }) => {
        const got = scoreRanking([...relevant, 100, 101], new Set(relevant), [k]);
        for (const kind of ["ndcg", "map", "mrr", "recall-min", "hit"] as const)
          expect(got[`${kind}@${k}`]).toBe(1);
      }),
      settings,
    );
  });

  it("never falls when a miss becomes a hit", () => {
    fc.assert(
      fc.property(rankingCase, fc.nat(), ({ ranked, relevant, k }, at) => {
        const misses = ranked.filter((item) => !relevant.includes(item));
        const unranked = relevant.filter((item) => !ranked.includes(item));
        fc.pre(misses.length > 0 && unranked.length > 0);
        const replaced = misses[at % misses.length];
        const better = ranked.map((item) => (item === replaced ? unranked[0] : item));
        const before = scoreRanking(ranked, new Set(relevant), [k]);
        const after = scoreRanking(better, new Set(relevant), [k]);
        for (const name of metricNames([k])) expect(after[name]).toBeGreaterThanOrEqual(before[name]);
      }),
      settings,
    );
  });

  it("scores a cutoff alike whatever other cutoffs are asked", () => {
    fc.assert(
      fc.property(rankingCase, ({ ranked, relevant, k }) => {
        const alone = scoreRanking(ranked, new Set(relevant), [k]);
        expect(scoreRanking(ranked, new Set(relevant), [30, 1, k, 12])).toMatchObject(alone);
      }),
      settings,
    );
  });
});

describe("checkCutoffs", () => {
  it("sorts, drops repeats, and refuses what is no cutoff", () => {
    expect(checkCutoffs([20, 5, 20])).toEqual([5, 20]);
    expect(() => checkCutoffs([])).toThrow(CutoffError);
    expect(() => checkCutoffs([5, 2.5])).toThrow(/got 2.5/);
    expect(() => checkCutoffs([0])).toThrow(CutoffError);
  });
});

describe("Personalize's names", () => {
  it("name textbook metrics at the cutoffs 5, 10 and 25", () => {
    const known = new Set<string>([...metricNames([5, 10, 25]), "coverage@25"]);
    for (const name of Object.values(personalizeNames)) expect(known).toContain(name);
    expect(
      toPersonalizeMetrics({ "ndcg@5": { value: 0.2, low: 0.1, high: 0.3 }, "coverage@25": 0.6 }),
    ).toEqual({
      coverage: 0.6,
      normalized_discounted_cumulative_gain_at_5: 0.2,
    });
  });
});
