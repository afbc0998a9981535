import { describe, expect, it } from "vitest";
import { lossOf } from "../../src/als/loss.ts";
import {
  type AlsFactors,
  type AlsIteration,
  DivergedError,
  makeProblem,
  ridges,
  sum,
} from "../../src/als/objective.ts";
import type { AlsCheckpoint } from "../../src/als/train.ts";
import { confidence, fullSettings, kernel, readable, solved } from "./candidates.ts";
import { checkerboard, plainSettings, predictions, relativeDistance, sparseRows } from "./fixtures.ts";
import { foldIn } from "./plain-fold-in.ts";

describe.each([readable, kernel])("$name", (candidate) => {
  it("never raises the loss with an exact half-step", async () => {
    const problem = makeProblem(confidence, fullSettings);
    const solver = await candidate.open(problem, fullSettings);
    await solver.start();
    let before = await solver.loss();
    for (let iteration = 0; iteration < 6; iteration++) {
      for (const halfStep of ["solveItems", "solveUsers"] as const) {
        await solver[halfStep]("exact");
        const loss = await solver.loss();
        expect(loss).toBeLessThan(before * (1 + 1e-6));
        before = loss;
      }
    }
  });

  it("lowers the loss with conjugate gradient, and with many steps as far as the exact solve", async () => {
    const courses = await Promise.all(
      [2, 30].map(async (cgSteps) => {
        const settings = { ...fullSettings, cgSteps, iterations: 8 };
        const losses: number[] = [];
        const onIteration = ({ loss }: AlsIteration) => losses.push(loss);
        const factors = await candidate.train(makeProblem(confidence, settings), settings, { onIteration });
        return { losses, factors };
      }),
    );
    for (const { losses } of courses) {
      for (let k = 1; k < losses.length; k++) expect(losses[k]).toBeLessThan(losses[k - 1] * (1 + 1e-6));
    }
    const exact = await solved(candidate, { ...fullSettings, solver: "exact", iterations: 8 });
    expect(relativeDistance(predictions(courses[1].factors), predictions(exact))).toBeLessThan(1e-3);
  });

  it("tells the loss of the factors that it gives", async () => {
    const settings = { ...fullSettings, iterations: 2 };
    const problem = makeProblem(confidence, settings);
    let told = Number.NaN;
    const onIteration = ({ loss }: AlsIteration) => {
      told = loss;
    };
    const { users, items } = await candidate.train(problem, settings, { onIteration });
    expect(told / lossOf(problem, settings, users, items)).toBeCloseTo(1, 5);
  });

  it("leaves no residual in the users' normal equations, written out in full", async () => {
    const settings = { ...fullSettings, iterations: 2 };
    const problem = makeProblem(confidence, settings);
    const { rank, users, items } = await candidate.train(problem, settings);
    const { observed, itemWeights } = problem;
    const userRidges = ridges(problem, settings).users;
    for (let u = 0; u < observed.rowCount; u++) {
      const residual = new Float64Array(rank);
      const right = new Float64Array(rank);
      const score = (i: number) => {
        let total = 0;
        for (let k = 0; k < rank; k++) total += users[u * rank + k] * items[i * rank + k];
        return total;
      };
      for (let i = 0; i < itemWeights.length; i++) {
        const weight = settings.unobservedWeight * itemWeights[i] * score(i);
        for (let k = 0; k < rank; k++) residual[k] += weight * items[i * rank + k];
      }
      for (let at = observed.starts[u]; at < observed.starts[u + 1]; at++) {
        const i = observed.columns[at];
        const missing = observed.values[at] * (1 - score(i));
        for (let k = 0; k < rank; k++) {
          right[k] += observed.values[at] * items[i * rank + k];
          residual[k] -= missing * items[i * rank + k];
        }
      }
      for (let k = 0; k < rank; k++) residual[k] += userRidges[u] * users[u * rank + k];
      expect(Math.hypot(...residual)).toBeLessThanOrEqual(1e-4 * Math.hypot(...right));
    }
  });

  it("rotates so that the stored Gram is diagonal and falls", async () => {
    const { rank, items, gram } = await solved(candidate, fullSettings);
    const { itemWeights } = makeProblem(confidence, fullSettings);
    for (let j = 0; j < rank; j++) {
      if (j > 0) expect(gram[j * rank + j]).toBeLessThanOrEqual(gram[(j - 1) * rank + j - 1]);
      for (let k = 0; k < rank; k++) {
        let total = 0;
        for (let i = 0; i < itemWeights.length; i++) {
          total += itemWeights[i] * items[i * rank + j] * items[i * rank + k];
        }
        const scale = Math.sqrt(gram[j * rank + j] * gram[k * rank + k]);
        const found = (fullSettings.unobservedWeight * total) / scale;
        expect(Math.abs(found - (j === k ? 1 : 0))).toBeLessThan(1e-5);
        if (j !== k) expect(gram[j * rank + k]).toBe(0);
      }
    }
  });

  it("folds a training history in as the stored user", async () => {
    const problem = makeProblem(confidence, fullSettings);
    const { rank, users, items, gram } = await candidate.train(problem, fullSettings);
    const { observedScale, itemWeights } = problem;
    const terms = {
      ...{ rank, items, gram, observedScale },
      itemWeightSum: sum(itemWeights),
      settings: fullSettings,
    };
    for (let u = 0; u < confidence.rowCount; u++) {
      const [from, to] = [confidence.starts[u], confidence.starts[u + 1]];
      const vector = foldIn(
        terms,
        confidence.columns.subarray(from, to),
        confidence.values.subarray(from, to),
      );
      const stored = users.subarray(u * rank, (u + 1) * rank);
      if (from === to) expect([...stored, ...vector].every((value) => value === 0)).toBe(true);
      else expect(relativeDistance(stored, vector)).toBeLessThan(1e-4);
    }
  });

  it("gives equal bytes for an equal seed, watched or not", async () => {
    const first = await solved(candidate, fullSettings);
    expect(await solved(candidate, fullSettings)).toEqual(first);
    const watched = await candidate.train(makeProblem(confidence, fullSettings), fullSettings, {
      onIteration: (_, factors) => factors().rank,
    });
    expect(watched).toEqual(first);
  });

  it("ends where it is told to, with what fewer iterations would have given", async () => {
    const settings = { ...fullSettings, iterations: 9 };
    const peeked: AlsFactors[] = [];
    const stopped = await candidate.train(makeProblem(confidence, settings), settings, {
      onIteration: async ({ iteration }, factors) => {
        peeked.push(factors());
        return iteration === 2;
      },
    });
    expect(peeked.length).toBe(2);
    expect(peeked[1]).toEqual(stopped);
    expect(await solved(candidate, { ...settings, iterations: 2 })).toEqual(stopped);
  });

  it("recommends what the checkerboard withholds", async () => {
    const settings = { ...plainSettings, factors: 2 };
    const factors = await candidate.train(makeProblem(checkerboard(30), settings), settings);
    const scores = predictions(factors);
    for (let user = 0; user < 30; user++) {
      for (let item = 0; item < 30; item++) {
        if (item % 2 !== user % 2) expect(scores[user * 30 + item]).toBeLessThan(scores[user * 31]);
      }
    }
  });

  it.each([
    ["no pairs", sparseRows([[], [], []], 4)],
    ["one user with one item", sparseRows([[[0, 3]]], 1)],
    ["one user with every item", sparseRows([Array.from({ length: 40 }, (_, i) => [i, 1] as const)], 40)],
    ["one item that every user has", sparseRows(Array(70).fill([[0, 1]]), 1)],
    ["users all alike", sparseRows(Array(20).fill([1, 4, 6].map((item) => [item, 1])), 9)],
    ["no users", sparseRows([], 5)],
  ])("is finite and exact with %s, and more factors than there is structure", async (_, pairs) => {
    const settings = { ...plainSettings, factors: 13 };
    const problem = makeProblem(pairs, settings);
    const losses: number[] = [];
    const factors = await candidate.train(problem, settings, {
      onIteration: ({ loss }) => losses.push(loss),
    });
    expect(factors.users.length).toBe(pairs.rowCount * 13);
    expect(factors.items.length).toBe(pairs.columnCount * 13);
    expect(losses.every((loss) => loss >= 0)).toBe(true);
    const scores = predictions(factors);
    for (let u = 0; u < pairs.rowCount; u++) {
      for (let at = pairs.starts[u]; at < pairs.starts[u + 1]; at++) {
        expect(scores[u * pairs.columnCount + pairs.columns[at]]).toBeGreaterThan(0.5);
      }
    }
  });

  it("goes on from any iteration to the very bytes of a training that was not interrupted", async () => {
    const settings = { ...fullSettings, iterations: 5 };
    const problem = makeProblem(confidence, settings);
    const checkpoints: AlsCheckpoint[] = [];
    const losses: number[] = [];
    const whole = await candidate.train(problem, settings, {
      onIteration: ({ iteration, loss }, factors, users) => {
        losses.push(loss);
        // Whoever looks at the factors meanwhile must not disturb what training goes on from.
        factors();
        if (iteration < 5) checkpoints.push({ iteration, users: users() });
      },
    });
    for (const from of checkpoints) {
      const again: number[] = [];
      const onIteration = ({ loss }: AlsIteration) => again.push(loss);
      expect(await candidate.train(problem, settings, { from, onIteration })).toEqual(whole);
      expect(again).toEqual(losses.slice(from.iteration));
    }
    const [{ users }] = checkpoints;
    for (const from of [
      { iteration: 5, users },
      { iteration: 0, users },
      { iteration: 1, users: users.slice(1) },
    ]) {
      await expect(candidate.train(problem, settings, { from })).rejects.toThrow(RangeError);
    }
  });

  it("refuses to end outside the finite numbers, naming the settings", async () => {
    const pairs = sparseRows([[[0, 1]]], 2);
    // Too small for an f32: with more factors than structure the rows' systems are singular.
    const settings = { ...plainSettings, regularization: 1e-300 };
    const training = candidate.train(makeProblem(pairs, settings), settings);
    await expect(training).rejects.toThrow(DivergedError);
    await expect(training).rejects.toThrow("regularization 1e-300");
  });
});
