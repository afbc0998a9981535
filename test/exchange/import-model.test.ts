import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { fitImported } from "../../src/exchange/fit-imported.ts";
import { type ImportOrder, importModel, type MeasuringOrder } from "../../src/exchange/import-model.ts";
import { alsSettingsOf, type ImportedFactors } from "../../src/exchange/imported-factors.ts";
import { aggregate } from "../../src/interactions/aggregate-by-formula.ts";
import { defaultConfidence } from "../../src/interactions/confidence.ts";
import { type EventLog, rowsWhere, selectEvents } from "../../src/interactions/event-log.ts";
import { holdOut } from "../../src/interactions/holdout.ts";
import { joinLogs } from "../../src/interactions/joined-log.ts";
import type { Model } from "../../src/model/model.ts";
import { train } from "../../src/pipeline.ts";
import { rank } from "../../src/ranking/rank.ts";
import { Registry } from "../../src/registry/registry.ts";
import { release } from "../../src/release.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { tinyLog, tinyOrder } from "../training/tiny-shop.ts";
import { fitReference, settings } from "./reference-als.ts";

const events = tinyLog();
const { testFrom, ...split } = holdOut(events, { seed: 1 });
const known = joinLogs(split.train, split.validation);
const summed = (log: EventLog) => aggregate(log, defaultConfidence);
const measuring: MeasuringOrder = {
  ...{ seed: 1, threads: 1, ks: [10], choice: { metric: "ndcg", k: 10 } },
  holdOut: { testFrom: testFrom as number },
};
const order = (factors: ImportedFactors, changes: Partial<ImportOrder> = {}): ImportOrder => ({
  ...{ factors, settings, confidence: defaultConfidence, users: "given", similarity: "fold-in" },
  ...changes,
});

let spark: ImportedFactors;
let implicit: ImportedFactors;
let sparkOfAll: ImportedFactors;
beforeAll(() => {
  spark = fitReference("spark", summed(known));
  implicit = fitReference("implicit", summed(known));
  sparkOfAll = fitReference("spark", summed(events));
});

/** The model of factors that were fitted to what lies before the cut. */
function modelOf(factors: ImportedFactors, users: "given" | "solved" = "given"): Model {
  const imported = { by: factors.by, alpha: settings.alpha, users };
  const als = alsSettingsOf(factors.by, factors.rank, settings);
  const recipe = { confidence: defaultConfidence, als, popularityExponent: 0, imported };
  return fitImported(known, summed(known), factors, recipe).model;
}

/** Σ of the factors as they came, by id. */
function givenScore({ users, items, rank: length }: ImportedFactors, userId: string, itemId: string): number {
  const [u, i] = [users.ids.row(userId) * length, items.ids.row(itemId) * length];
  let score = 0;
  for (let k = 0; k < length; k++) score += users.vectors[u + k] * items.vectors[i + k];
  return score;
}

describe("an import", () => {
  it.each([["spark"], ["implicit"]] as const)("ranks by the scores that %s gives", (by) => {
    const factors = by === "spark" ? spark : implicit;
    const model = modelOf(factors);
    for (const userRow of [0, 17, 199]) {
      const userId = model.users.id(userRow);
      const { items } = rank(model, { userRow, k: 20, hide: "none" });
      const expected = [...factors.items.ids]
        .map((id) => ({ id, score: givenScore(factors, userId, id) }))
        .sort((a, b) => b.score - a.score)
        .slice(0, 20);
      expect(items.map(({ row }) => model.items.id(row))).toEqual(expected.map(({ id }) => id));
      items.forEach(({ score }, at) => {
        expect(score).toBeCloseTo(expected[at].score, 5);
      });
    }
  });

  it("keeps Spark's equation: folding a stored history in gives the stored row", () => {
    const model = modelOf(spark);
    expect(model.header).toMatchObject({
      formatVersion: 4,
      objective: { observedTerms: { square: 0, linear: 1 } },
    });
    let furthest = 0;
    for (let user = 0; user < model.userCount; user++) {
      const stored = model.userVector(user) as Float32Array;
      const folded = model.foldIn(model.history(user))?.vector as Float32Array;
      furthest = Math.max(furthest, ...folded.map((value, k) => Math.abs(value - stored[k])));
    }
    expect(furthest).toBeLessThan(1e-5);
  });

  it.each([["spark"], ["implicit"]] as const)("explains by %s's equation: reasons sum to the score", (by) => {
    const model = modelOf(by === "spark" ? spark : implicit, "solved");
    expect(model.hasUserFactors).toBe(false);
    const folded = model.foldIn(model.history(3));
    const [score] = model.scores(folded?.vector as Float32Array, [5]);
    const sum = folded?.contributions(5).reduce((before, part) => before + part, 0);
    expect(sum).toBeCloseTo(score, 5);
  });

  it("turns factors to their principal axes", () => {
    const model = modelOf(spark);
    const { rank: length, itemCount } = model;
    const gram = new Float64Array(length * length);
    for (let row = 0; row < itemCount; row++) {
      const vector = model.itemVector(row);
      for (let a = 0; a < length; a++)
        for (let b = 0; b < length; b++) gram[a * length + b] += vector[a] * vector[b];
    }
    for (let a = 0; a < length; a++) {
      for (let b = 0; b < a; b++) expect(Math.abs(gram[a * length + b])).toBeLessThan(1e-4 * gram[0]);
      if (a > 0)
        expect(gram[a * length + a]).toBeLessThanOrEqual(gram[(a - 1) * length + a - 1] * (1 + 1e-6));
    }
  });
});

describe("factors are held against their events", () => {
  const importing = (factors: ImportedFactors, changes: Partial<ImportOrder> = {}, cut: object = measuring) =>
    importModel(events, order(factors, changes), cut as MeasuringOrder);

  it("refuses those that have seen the hidden events", async () => {
    await expect(importing(sparkOfAll)).rejects.toThrow(/have seen the hidden events/);
    await expect(importing(fitReference("implicit", summed(events)))).rejects.toThrow(
      /have seen the hidden events/,
    );
  });

  it("takes implicit's as near as a few steps bring them, and tells by them what they have seen", async () => {
    const nearly = (log: EventLog): ImportedFactors => {
      const factors = fitReference("implicit", summed(log));
      const vectors = factors.items.vectors.map((value, at) => value * (1 + 0.02 * Math.sin(at)));
      return { ...factors, items: { ...factors.items, vectors } };
    };
    const { notes } = await importing(nearly(known));
    expect(notes[0]).toMatch(/^the rows of \d+ items differ .* lists come from the stored rows, sessions/);
    await expect(importing(nearly(events))).rejects.toThrow(/have seen the hidden events: of \d+ items/);
    const weighed = await importing(nearly(known), { settings: { ...settings, alpha: 9 } });
    expect(weighed.notes[0]).toMatch(/weighed otherwise than --weights and --confidence say/);
  });

  it("refuses Spark's of other settings, whatever is wrong", async () => {
    const wrong = /not what Spark's equation gives for these events.*Name the events, --weights/;
    await expect(importing(spark, { settings: { ...settings, alpha: 3 } })).rejects.toThrow(wrong);
    await expect(importing(spark, { settings: { ...settings, regularization: 0.5 } })).rejects.toThrow(wrong);
    const confidence = { ...defaultConfidence, halfLifeDays: 10 };
    await expect(importing(spark, { confidence })).rejects.toThrow(wrong);
    await expect(importing({ ...implicit, by: "spark" })).rejects.toThrow(wrong);
  });

  it("names users and items that have events and no factors", async () => {
    const half = selectEvents(
      known,
      rowsWhere(known.length, (row) => known.user[row] % 2 === 0),
    );
    await expect(importing(fitReference("spark", summed(half)))).rejects.toThrow(
      /of \d+ users with events have no factors, the first is "/,
    );
  });

  it("refuses a hidden item's factors", async () => {
    const [first] = known.items;
    const hiddenItem = known.items.row(first);
    const without = selectEvents(
      events,
      rowsWhere(
        events.length,
        (row) => events.time[row] >= (testFrom as number) || events.item[row] !== hiddenItem,
      ),
    );
    await expect(importModel(without, order(spark), measuring)).rejects.toThrow(
      /items, the first is ".*", come only there/,
    );
  });

  it("measures on a file of its own, which what is served may not have read either", async () => {
    const cut = { ...measuring, holdOut: { holdout: split.test } };
    const { trained } = await importModel(known, order(spark), cut);
    expect(trained.split.method).toBe("file");
    expect(trained.entrant.report.tasks.all?.users.length).toBeGreaterThan(100);
    await expect(importModel(known, order(sparkOfAll), cut)).rejects.toThrow(/have seen the hidden events/);
    const served = importModel(known, order(spark, { served: sparkOfAll }), cut);
    await expect(served).rejects.toThrow(/with --holdout no fit may read the hidden file/);
  });

  it("measures nothing where nothing was cut", async () => {
    const { trained } = await importing(sparkOfAll, {}, { ...measuring, holdOut: {} });
    expect(trained.split.test.length).toBe(0);
    expect(trained.scored.eventCount).toBe(events.length);
  });

  it("refuses settings that are none", async () => {
    await expect(importing(spark, { settings: { ...settings, alpha: 0 } })).rejects.toThrow(
      /alpha is 0, not a number above 0/,
    );
  });
});

describe("an imported model is released", () => {
  it("with a manifest, by the gate, and measured beside ours on the same cut", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aisle-import-"));
    const registry = new Registry(new FolderStore(folder));
    const to = { registry, channel: "production", who: "anna", source: "factors", program: "0.1.0" };
    try {
      const imported = await importModel(events, order(spark, { served: sparkOfAll }), measuring);
      expect(imported.notes).toEqual([
        expect.stringMatching(/^the rows of \d+ users differ from the equation's by less than 0\.0001 %/),
        expect.stringMatching(/^served: the rows of \d+ users/),
      ]);
      const { manifest, gate, promoted } = await release(imported.trained, imported.order, to);
      expect(gate.reason).toMatch(/^it beats popularity: ndcg@10 \+/);
      expect(promoted).toBe(true);
      expect(manifest).toMatchObject({ rank: 6, recipe: { imported: { by: "spark", alpha: 2 } } });
      expect(manifest.arithmetic).toBeUndefined();
      expect(manifest.fits).toMatchObject([
        { name: "scored", eventCount: known.length },
        { name: "served", eventCount: events.length },
      ]);
      expect(Object.keys(manifest.baselines)).toContain("rp3beta");
      // The one that serves cannot be fitted again: both were measured on the same users, which is enough.
      const ours = await release(await train({ events }, tinyOrder), tinyOrder, to);
      expect(ours.gate.reason).toContain(`against ${manifest.version}`);
      expect(ours.gate.difference).toBeDefined();
      // And the other way round, ours is fitted again on the import's cut.
      const again = await release(imported.trained, imported.order, to);
      expect(again.gate.reason).toMatch(/new settings|a refresh/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
