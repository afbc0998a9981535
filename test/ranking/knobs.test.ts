import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { Random } from "../../src/math/random.ts";
import { findItemTables } from "../../src/model/item-tables.ts";
import { explore } from "../../src/ranking/exploration.ts";
import { freshness } from "../../src/ranking/influence.ts";
import { type Knobs, rank } from "../../src/ranking/rank.ts";
import { modelOf, smallContents, smallLog } from "../model/small-shop.ts";

const log = smallLog();
const contents = await smallContents({ log });
const itemTables = findItemTables(log, contents.interactions, "fold-in");
const model = modelOf({ ...contents, itemTables });

const rowsOf = (knobs: Knobs, k = 10, userRow = 3) =>
  rank(model, { userRow, k, hide: "none", knobs }).items.map(({ row }) => row);

/** Every item's utility by the formula, then sorted. */
function naively(
  { popularityInfluence: p = 0, freshnessInfluence: f = 0, ...knobs }: Knobs,
  userRow: number,
) {
  const rows = Array.from({ length: model.itemCount }, (_, row) => row);
  const scores = model.scores(model.userVector(userRow)!, rows);
  const best = Math.max(...scores);
  const most = Math.log1p(Math.max(...model.popularity.all));
  const utility = (row: number) => {
    const sum =
      (1 - p) * (1 - f) * (scores[row] / best) +
      p * (Math.log1p(model.popularity.all[row]) / most) +
      f * freshness(itemTables.firstSeen[row], model.now);
    const times = knobs.shown?.get(row) ?? 0;
    return sum > 0 ? sum * (1 - (knobs.rotationRate ?? 0)) ** times : sum;
  };
  return rows.sort((a, b) => utility(b) - utility(a) || a - b);
}

describe("popularity, freshness and rotation", () => {
  it("order as the formula does over every item", () => {
    const share = fc.constantFrom(0, 0.2, 0.5, 0.9, 1);
    const shown = fc.array(fc.tuple(fc.nat(model.itemCount - 1), fc.integer({ min: 1, max: 5 })), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(share, share, share, shown, fc.nat(59), (p, f, rotationRate, pairs, userRow) => {
        const knobs = { popularityInfluence: p, freshnessInfluence: f, rotationRate, shown: new Map(pairs) };
        expect(rowsOf(knobs, 10, userRow)).toEqual(naively(knobs, userRow).slice(0, 10));
      }),
      { numRuns: 60 },
    );
  });

  it("at 0 change nothing, at 1 leave nothing else", () => {
    const plain = rank(model, { userRow: 3, k: 10, hide: "none" });
    const still = { popularityInfluence: 0, freshnessInfluence: 0, rotationRate: 1, diversity: 0 };
    expect(rank(model, { userRow: 3, k: 10, hide: "none", knobs: still })).toEqual(plain);
    expect(rowsOf({ popularityInfluence: 1 })).toEqual([...model.popularRows.subarray(0, 10)]);
    const born = rowsOf({ freshnessInfluence: 1 }).map((row) => itemTables.firstSeen[row]);
    expect(born).toEqual(born.toSorted((a, b) => b - a));
  });

  it("keep the raw score of each row", () => {
    const { items } = rank(model, { userRow: 3, k: 10, hide: "none", knobs: { popularityInfluence: 0.5 } });
    const scores = model.scores(
      model.userVector(3)!,
      items.map(({ row }) => row),
    );
    expect(items.map(({ score }) => score)).toEqual([...scores]);
  });

  it("look at enough of many items to find the best", async () => {
    const wide = await wideModel();
    const query = { userRow: 0, k: 5, hide: "none" as const };
    const knobs = { popularityInfluence: 0.3, freshnessInfluence: 0.2 };
    const all = rank(wide, { ...query, k: wide.itemCount, knobs }).items.map(({ row }) => row);
    expect(rank(wide, { ...query, knobs }).items.map(({ row }) => row)).toEqual(all.slice(0, 5));
  });
});

/** 3,000 items, so that not all of them are looked at at once. */
async function wideModel() {
  const random = new Random(4);
  const items = new Float32Array(3000 * 8).map(() => random.next() - 0.4);
  const { EventLogBuilder } = await import("../../src/interactions/event-log.ts");
  const built = new EventLogBuilder();
  for (let item = 0; item < 3000; item++) {
    const time = 1.7e9 - ((item * 7919) % 3000) * 86_400;
    for (let user = 0; user <= (item * 31) % 13; user++) {
      built.add({ userId: `u${user}`, itemId: `i${item}`, eventType: "View", time, value: 0 });
    }
  }
  const wide = built.build();
  const made = await smallContents({ log: wide });
  const factors = { ...made.fitted!.factors, items };
  return modelOf({
    ...made,
    fitted: { ...made.fitted!, factors },
    itemTables: findItemTables(wide, made.interactions, "fold-in"),
  });
}

describe("diversity", () => {
  const category = { codes: Uint32Array.from({ length: model.itemCount }, (_, row) => row % 5), none: 99 };

  test("spreads a list over categories, and keeps each row once", () => {
    const spread = (diversity: number) => {
      const rows = rowsOf({ diversity, category }, 5);
      expect(new Set(rows).size).toBe(5);
      return new Set(rows.map((row) => category.codes[row])).size;
    };
    expect(spread(1)).toBe(5);
    expect(spread(0.9)).toBeGreaterThanOrEqual(spread(0));
  });

  test("begins with the best row, and is the greedy choice written plainly", () => {
    const diversity = 0.4;
    const pool = rank(model, { userRow: 3, k: 100, hide: "none" }).items;
    const first = pool[0].score!;
    const last = pool[pool.length - 1].score!;
    const chosen = [pool[0].row];
    while (chosen.length < 8) {
      const value = ({ row, score }: (typeof pool)[number]) =>
        (1 - diversity) * ((score! - last) / (first - last)) -
        diversity * Math.max(0, ...chosen.map((other) => cosine(row, other)));
      const left = pool.filter(({ row }) => !chosen.includes(row));
      chosen.push(left.reduce((best, next) => (value(next) > value(best) ? next : best)).row);
    }
    expect(rowsOf({ diversity }, 8)).toEqual(chosen);
  });

  function cosine(a: number, b: number): number {
    const [x, y] = [a, b].map((row) => model.itemVector(row));
    const dot = (one: Float32Array, two: Float32Array) =>
      one.reduce((sum, value, k) => sum + value * two[k], 0);
    return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  }

  test("bends similar items too, and the list stays as long", () => {
    const query = { itemRow: 4, k: 10, hide: "none" as const };
    const plain = rank(model, query).items.filter(({ source }) => source === "similar");
    const bent = rank(model, {
      ...query,
      knobs: { diversity: 0.9, category, popularityInfluence: 0.5 },
    }).items;
    expect(bent.length).toBe(10);
    expect(new Set(bent.map(({ row }) => row)).size).toBe(10);
    expect(plain.length).toBeGreaterThan(0);
  });
});

describe("exploration", () => {
  const items = ["a", "b", "c", "d", "e"];
  const candidates = ["x", "y", "z"];

  it("gives the same list for the same seed, of the same length, each once", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.string(), (weight, seed) => {
        const list = explore(items, candidates, { weight, seed, k: 5 });
        expect(explore(items, candidates, { weight, seed, k: 5 })).toEqual(list);
        expect(list.length).toBe(5);
        expect(new Set(list.map(({ item }) => item)).size).toBe(5);
        const kept = list.filter(({ propensity }) => propensity === undefined).map(({ item }) => item);
        expect(kept).toEqual(items.slice(0, kept.length));
      }),
    );
  });

  it("explores nothing at 0 and everything at 1, and fills what is short", () => {
    const plain = items.map((item) => ({ item }));
    expect(explore(items, candidates, { weight: 0, seed: "s", k: 5 })).toEqual(plain);
    const all = explore(items, candidates, { weight: 1, seed: "s", k: 3 });
    expect(all.map(({ item }) => item).sort()).toEqual(candidates);
    expect(all.map(({ propensity }) => propensity)).toEqual([1 / 3, 1 / 2, 1]);
    expect(explore(["a"], candidates, { weight: 0, seed: "s", k: 3 }).length).toBe(3);
  });

  it("draws a candidate as often as its propensity says", () => {
    let drawn = 0;
    for (let seed = 0; seed < 4000; seed++) {
      const [first] = explore(items, candidates, { weight: 0.3, seed: `${seed}`, k: 1 });
      if (first.item === "x") drawn++;
    }
    // .3 ÷ 3 with a standard deviation of .0047.
    expect(drawn / 4000).toBeCloseTo(0.1, 1);
    expect(Math.abs(drawn / 4000 - 0.1)).toBeLessThan(0.02);
  });

  it("finds the young rows, best first, none of them in the list", () => {
    const youngSince = model.now - 40 * 86_400;
    const { items: list, young = [] } = rank(model, { userRow: 3, k: 5, hide: "none", youngSince });
    const listed = new Set(list.map(({ row }) => row));
    expect(young.some(({ row }) => listed.has(row))).toBe(false);
    expect(young.every(({ row }) => itemTables.firstSeen[row] >= youngSince)).toBe(true);
    expect(young.map(({ score }) => score)).toEqual(
      young.map(({ score }) => score).toSorted((a, b) => b! - a!),
    );
  });
});
