import { expect, test } from "vitest";
import { findTrends, sortByPopularity } from "../../src/model/popularity.ts";

const counts = (...list: number[]) => Uint32Array.from(list);

test("a trend is growth beyond the shop's own, in standard deviations", () => {
  // Last week 60 users against 120 before: half of what came before is expected of every item.
  const days7 = counts(20, 20, 20, 0);
  const days28 = counts(20 + 40, 20 + 70, 20 + 10, 0);
  const { rows, scores } = findTrends({ all: days28, days7, days28, byType: counts() });
  expect([...rows]).toEqual([2]);
  expect(scores[0]).toBeCloseTo((20 - 5) / Math.sqrt(5 + 1), 6);
});

test("nothing happened lately: nothing trends", () => {
  const none = counts(0, 0);
  expect(findTrends({ all: counts(5, 6), days7: none, days28: none, byType: counts() }).rows.length).toBe(0);
});

test("popular rows fall, ties by row", () => {
  expect([...sortByPopularity(counts(2, 5, 2, 9))]).toEqual([3, 1, 0, 2]);
});
