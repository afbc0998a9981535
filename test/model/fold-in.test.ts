import { Matrix, solve } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { sum } from "../../src/als/objective.ts";
import { confidenceOf } from "../../src/model/history.ts";
import { foldIn } from "../als/plain-fold-in.ts";
import { modelOf, settings, smallContents, smallLog } from "./small-shop.ts";

const day = 86_400;
const plain = await smallContents();
const formula = await smallContents({
  confidence: {
    formula: "1 + 2 * log(1 + r) + 0.1 * n + 0.01 * value - 0.001 * age",
    halfLifeDays: { View: 20 },
  },
});

describe.each([
  ["the default formula", plain, 0],
  ["a formula of everything, half-lives", formula, 0],
  ["a popularity exponent at serving", plain, 0.3],
])("%s", (_, contents, popularityExponent) => {
  const model = modelOf({ ...contents, popularityExponent });

  test("folding in the training history gives the stored factors", () => {
    for (let user = 0; user < model.userCount; user++) {
      const solution = model.foldIn(model.history(user))!;
      model.userVector(user)!.forEach((stored, k) => {
        expect(Math.abs(solution.vector[k] - stored)).toBeLessThan(1e-4);
      });
    }
  });

  test("contributions sum to the score", () => {
    for (let user = 0; user < model.userCount; user++) {
      const solution = model.foldIn(model.history(user))!;
      const rows = [0, 7, model.itemCount - 1];
      const scores = model.scores(solution.vector, rows);
      rows.forEach((row, at) => {
        expect(sum(solution.contributions(row))).toBeCloseTo(scores[at], 5);
      });
    }
  });

  test("the score carries the popularity exponent", () => {
    const user = 3;
    const items = contents.fitted!.factors.items;
    const vector = model.userVector(user)!;
    model.scores(vector, [...model.popularRows]).forEach((score, at) => {
      const row = model.popularRows[at];
      const fitted = sum(vector.map((x, k) => x * items[row * 8 + k]));
      expect(score).toBeCloseTo(fitted * model.popularity.all[row] ** popularityExponent, 5);
    });
  });
});

test("it is the equation that training states, and that a general solver solves", () => {
  const { fitted, interactions } = plain;
  const model = modelOf(plain);
  const history = model.withRecent(undefined, [
    { itemRow: 9, eventType: "Purchase" },
    { itemRow: 2, eventType: "View" },
  ]);
  const confidence = confidenceOf(history, model.header);
  const { rank, items, gram } = fitted!.factors;
  const terms = {
    rank,
    items,
    gram,
    observedScale: fitted!.observedScale,
    itemWeightSum: sum(fitted!.itemWeights),
  };
  const expected = foldIn({ ...terms, settings }, history.items, confidence);
  const system = new Matrix(rank, rank);
  const right = new Matrix(rank, 1);
  const ridge =
    settings.regularization *
    (2 + settings.unobservedWeight * interactions.items.count) ** settings.regularizationExponent;
  for (let j = 0; j < rank; j++) {
    for (let k = 0; k < rank; k++) system.set(j, k, gram[j * rank + k] + (j === k ? ridge : 0));
  }
  history.items.forEach((item, at) => {
    const weight = confidence[at] * fitted!.observedScale[item];
    for (let j = 0; j < rank; j++) {
      right.set(j, 0, right.get(j, 0) + weight * items[item * rank + j]);
      for (let k = 0; k < rank; k++) {
        system.set(j, k, system.get(j, k) + weight * items[item * rank + j] * items[item * rank + k]);
      }
    }
  });
  const solved = solve(system, right).to1DArray();
  model.foldIn(history)!.vector.forEach((x, k) => {
    expect(x).toBeCloseTo(expected[k], 5);
    expect(x).toBeCloseTo(solved[k], 5);
  });
});

describe("recent events", () => {
  const model = modelOf(formula);
  const now = model.now;

  test("of an item not seen before come in their place", () => {
    const history = model.history(0);
    const absent = [...model.popularRows].find((row) => !history.items.includes(row))!;
    const merged = model.withRecent(history, [{ itemRow: absent, eventType: "addtocart", value: 2 }]);
    expect([...merged.items]).toEqual([...history.items, absent].sort((a, b) => a - b));
    const at = merged.items.indexOf(absent);
    expect(merged.strength[at]).toBe(2);
    expect(merged.lastTime[at]).toBe(now);
    expect(merged.count?.[at]).toBe(1);
    expect(merged.value?.[at]).toBe(2);
    expect(history.items.includes(absent)).toBe(false);
  });

  test("of a known pair: what it had decays meanwhile, then the weight is added", () => {
    const halved = modelOf({
      interactions: { ...formula.interactions, halfLifeDays: 10 },
    });
    const history = halved.history(0);
    const [itemRow] = history.items;
    const merged = halved.withRecent(history, [{ itemRow, eventType: "Purchase", time: now + 10 * day }]);
    expect(merged.strength[0]).toBeCloseTo(history.strength[0] / 2 + 5, 5);
    expect(merged.count?.[0]).toBe(history.count![0] + 1);
    expect(merged.lastTime[0]).toBe(now + 10 * day);
    expect(merged.typeBits[0] & halved.header.confidence.purchaseBits).not.toBe(0);
  });

  test("from before now weigh less by their age", () => {
    const absent = [...model.popularRows].find((row) => !model.history(0).items.includes(row))!;
    const merged = model.withRecent(undefined, [
      { itemRow: absent, eventType: "View", time: now - 40 * day },
    ]);
    expect(merged.strength[0]).toBeCloseTo(1 / 4, 6);
  });

  test("replayed one by one rebuild the training history", () => {
    const log = smallLog();
    for (let user = 0; user < 5; user++) {
      const events = [...log.user.keys()].filter((row) => log.user[row] === user);
      const recent = events.map((row) => ({
        itemRow: model.items.row(log.items.id(log.item[row])),
        eventType: log.eventTypes[log.type[row]],
        time: log.time[row],
        value: log.value[row],
      }));
      const merged = model.withRecent(undefined, recent);
      const row = model.users.row(log.users.id(user));
      const history = model.history(row);
      expect([...merged.items]).toEqual([...history.items]);
      expect([...merged.typeBits]).toEqual([...history.typeBits]);
      expect([...merged.count!]).toEqual([...history.count!]);
      merged.strength.forEach((r, at) => {
        expect(r).toBeCloseTo(history.strength[at], 4);
      });
    }
  });

  test("where the data has no times nothing fades", async () => {
    const untimed = modelOf(
      await smallContents({ log: smallLog({ timed: false }), confidence: { halfLifeDays: 5 } }),
    );
    const history = untimed.history(0);
    const [itemRow] = history.items;
    const merged = untimed.withRecent(history, [{ itemRow, eventType: "View", time: 1.7e9 }]);
    expect(merged.strength[0]).toBeCloseTo(history.strength[0] + 1, 5);
  });

  test("of a type without a weight are an error that names the known ones", () => {
    expect(() => model.withRecent(undefined, [{ itemRow: 0, eventType: "Wink" }])).toThrow(/"Wink".*View/);
    expect(model.eventWeight("purchase")).toBe(5);
    expect(model.eventWeight("wink")).toBeUndefined();
  });
});
