import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { UnpairedError } from "../../src/evaluation/compare.ts";
import type { Recommend } from "../../src/evaluation/evaluate.ts";
import { takeLastVisits } from "../../src/evaluation/last-visits.ts";
import { compareServing, serveHeldOut } from "../../src/evaluation/serving-change.ts";
import type { Model } from "../../src/model/model.ts";
import { modelOf, smallContents, smallLog } from "../model/small-shop.ts";

const seed = 1;
let model: Model;
let timeless: Model;
beforeAll(async () => {
  model = modelOf(await smallContents());
  timeless = modelOf(await smallContents({ log: smallLog({ timed: false }) }));
});

describe("the last visits", () => {
  it("part each history: what is hidden and what is left make up the whole, and the rest is the older part", () => {
    const { heldOut, historyOf } = takeLastVisits(model, { seed });
    expect(heldOut.users.length).toBeGreaterThan(50);
    heldOut.users.forEach((userId, at) => {
      const whole = model.history(model.users.row(userId));
      const { starts, items } = heldOut.relevant.new;
      const hidden = items.subarray(starts[at], starts[at + 1]);
      const rest = historyOf(userId)!;
      expect([...rest.items, ...hidden].sort((a, b) => a - b)).toEqual([...whole.items]);
      expect(hidden.length).toBeGreaterThanOrEqual(1);
      expect(hidden.length).toBeLessThanOrEqual(whole.items.length / 2);
      const timeOf = (item: number) => whole.lastTime[whole.items.indexOf(item)];
      const oldestHidden = Math.min(...Array.from(hidden, timeOf));
      expect(Math.max(...rest.lastTime)).toBeLessThanOrEqual(oldestHidden);
      // Every array of the rest is still aligned with the whole.
      rest.items.forEach((item, place) => {
        const from = whole.items.indexOf(item);
        expect(rest.strength[place]).toBe(whole.strength[from]);
        expect(rest.typeBits[place]).toBe(whole.typeBits[from]);
      });
    });
    expect(historyOf("nobody")).toBeUndefined();
    expect(heldOut.sentence).toMatch(/last visit was taken out.*has seen it/);
  });

  it("are a fifth of each history where nobody knows when, the same with the same seed", () => {
    const hiddenOf = (by: number) =>
      Array.from(takeLastVisits(timeless, { seed: by }).heldOut.relevant.all.items);
    expect(hiddenOf(1)).toEqual(hiddenOf(1));
    expect(hiddenOf(1)).not.toEqual(hiddenOf(2));
    expect(takeLastVisits(timeless, { seed }).heldOut.sentence).toMatch(/a fifth of the history/);
  });

  it("are of as many users as asked, drawn by the seed", () => {
    const usersOf = (by: number) => takeLastVisits(model, { users: 10, seed: by }).heldOut.users;
    expect(usersOf(1)).toHaveLength(10);
    expect(usersOf(1)).not.toEqual(usersOf(2));
  });
});

describe("a change of how a model is served", () => {
  const fixed =
    (list: readonly string[]): Recommend =>
    (_, k) =>
      list.slice(0, k);

  it("costs nothing where nothing changes, and its opposite costs the negative", () => {
    const { heldOut } = takeLastVisits(model, { seed });
    const ids = [...model.items];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(ids, { minLength: 10 }),
        fc.shuffledSubarray(ids, { minLength: 10 }),
        (a, b) => {
          const [one, other] = [a, b].map((list) => serveHeldOut(fixed(list), heldOut, { k: 5, seed }));
          const options = { k: 5, seed, resamples: 50 };
          const there = compareServing(one, other, options);
          const back = compareServing(other, one, options);
          expect(there.ndcg.value).toBeCloseTo(-back.ndcg.value, 12);
          expect(there.ndcg.low).toBeCloseTo(-back.ndcg.high, 12);
          expect(there.coverage).toEqual({ before: back.coverage.after, after: back.coverage.before });
          const same = compareServing(one, one, options);
          expect(same.ndcg).toMatchObject({ value: 0, low: 0, high: 0 });
          expect(same.changedLists).toBe(0);
        },
      ),
      { numRuns: 10, seed: 4 },
    );
  });

  it("sees what is lost and what is bought: lists of everybody's hidden items against one list for all", () => {
    const { heldOut } = takeLastVisits(model, { seed });
    const { starts, items } = heldOut.relevant.new;
    const oracle: Recommend = (userId, k) => {
      const at = heldOut.users.indexOf(userId);
      return Array.from(items.subarray(starts[at], starts[at + 1]).slice(0, k), (row) =>
        heldOut.items.id(row),
      );
    };
    const [before, after] = [oracle, fixed([...model.items])].map((each) =>
      serveHeldOut(each, heldOut, { k: 10, seed }),
    );
    const change = compareServing(before, after, { seed, resamples: 200 });
    expect(change.ndcg.champion).toBeCloseTo(1, 6);
    expect(change.ndcg.high).toBeLessThan(0);
    expect(change.coverage.after).toBeCloseTo(10 / model.itemCount, 6);
    expect(change.coverage.before).toBeGreaterThan(change.coverage.after);
    expect(change.changedLists).toBe(1);
    expect(change.userCount).toBe(heldOut.users.length);
  });

  it("says that there is nobody to ask", () => {
    const nobody = takeLastVisits(model, { users: 0, seed }).heldOut;
    const nothing = serveHeldOut(fixed(["a"]), nobody, { seed });
    expect(() => compareServing(nothing, nothing, { seed })).toThrow(UnpairedError);
  });
});
