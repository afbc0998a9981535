import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import type { Model } from "../../src/model/model.ts";
import { rank } from "../../src/ranking/rank.ts";
import { logNormaliser, logSumExp, rankList } from "../../src/ranking/rank-list.ts";
import { personalModel } from "../serving/small-shop.ts";

let model: Model;
beforeAll(async () => {
  model = await personalModel();
});
const users = () => fc.nat(model.userCount - 1);
const rows = () => fc.uniqueArray(fc.nat(model.itemCount - 1), { minLength: 1 });

it("orders any list as the ranking of everything does, with its scores", () => {
  fc.assert(
    fc.property(users(), rows(), fc.boolean(), (userRow, list, isFolded) => {
      const user = isFolded ? { history: model.history(userRow) } : { userRow };
      const whole = rank(model, { ...user, k: model.itemCount, hide: "none" }).items;
      const expected = whole.filter(({ row }) => list.includes(row));
      // Equal scores keep the list's order, and the ranking's is by row.
      const ranked = rankList(
        model,
        user,
        list.toSorted((a, b) => a - b),
      );
      expect(ranked).toEqual(expected.map(({ row, score }) => ({ row, score })));
    }),
    { numRuns: 30 },
  );
});

it("keeps each row of the list once, and its order where scores are equal", () => {
  const popular = rankList(model, {}, [3, 1, 2]);
  const { all } = model.popularity;
  expect(popular.map(({ row }) => row)).toEqual([3, 1, 2].sort((a, b) => all[b] - all[a]));
  expect(popular.every(({ score }) => score === undefined)).toBe(true);
  expect(rankList(model, { userRow: 0 }, [])).toEqual([]);
});

it("divides by the sum over every item, so that shares of the catalogue sum to 1", () => {
  fc.assert(
    fc.property(users(), fc.double({ min: 0.05, max: 2, noNaN: true }), (userRow, temperature) => {
      const everything = Array.from({ length: model.itemCount }, (_, row) => row);
      const normaliser = logNormaliser(model, { userRow }, { temperature, withRepeats: true });
      const shares = rankList(model, { userRow }, everything).map(({ score }) =>
        Math.exp(score! / temperature - normaliser!),
      );
      expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(1e-3);
    }),
    { numRuns: 30 },
  );
  expect(logNormaliser(model, {}, { temperature: 1, withRepeats: false })).toBeUndefined();
});

it("never overflows", () => {
  expect(logSumExp([1000, 1000], 0.001)).toBeCloseTo(1_000_000 + Math.log(2), 6);
  expect(logSumExp([-1000], 0.001)).toBe(-1_000_000);
});
