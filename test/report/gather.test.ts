import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packCatalog } from "../../src/catalog/catalog.ts";
import { toJson } from "../../src/registry/documents.ts";
import { Erasures } from "../../src/registry/erasures.ts";
import { keepHeld } from "../../src/registry/gate-history.ts";
import { Registry } from "../../src/registry/registry.ts";
import { gatherReport } from "../../src/report/gather.ts";
import { renderReport } from "../../src/report/render.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { type Run, runKeys } from "../../src/tracking/record.ts";
import { modelOf, smallContents } from "../model/small-shop.ts";
import { change, parts } from "../registry/small-registry.ts";
import { failedTrial, hostile, result, run, trialOf } from "./made-run.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-report-"));
const store = new FolderStore(folder);
const registry = new Registry(store);
afterAll(() => rmSync(folder, { recursive: true }));

const put = (key: string, value: unknown) => store.put(key, toJson(value));

async function keepRun(name: string, createdAt: string, changes: Partial<Run> = {}): Promise<void> {
  await put(runKeys.run(name), { ...run, run: name, createdAt, ...changes });
}

let model = "";
beforeAll(async () => {
  const { buffer } = modelOf(await smallContents());
  model = (await registry.publish(buffer.fileBytes, parts)).version;
  const items = Array.from({ length: 41 }, (_, number) => ({
    itemId: `ítem ${number}`,
    title: number % 5 === 0 ? hostile : `Product number ${number}`,
    price: number + 0.5,
    category: "everything",
    available: true,
    attributes: {},
  }));
  const catalog = await registry.publishCatalog(packCatalog(items));
  await registry.promote("production", { model, catalog }, change, undefined);
  await keepRun("older", "2026-11-01T00:00:00.000Z");
  await keepRun("newer", "2026-11-02T00:00:00.000Z");
  for (const trial of [
    trialOf(10, 0.2, { als: { x: 1 } }),
    trialOf(2, 0.1, { als: { x: 2 } }),
    failedTrial(3),
  ]) {
    await put(runKeys.trial("newer", trial.trial), { ...trial, run: "newer" });
  }
  await put(runKeys.trialUsers("newer", 2), { cut: "a", metric: "ndcg@10", values: {} });
  await put(runKeys.result("newer"), { ...result, run: "newer", model });
});

describe("what is gathered for a report", () => {
  it("is of the last run unless one is named, with its trials in order, its result and its model", async () => {
    const data = await gatherReport(registry);
    expect(data.run.run).toBe("newer");
    expect(data.trials.map(({ trial }) => trial)).toEqual([2, 3, 10]);
    expect([data.result?.model, data.model?.version]).toEqual([model, model]);
    expect(data.channel).toMatchObject({ name: "production", live: model });
    const older = await gatherReport(registry, "older");
    expect([older.trials, older.result, older.model]).toEqual([[], undefined, undefined]);
    expect(renderReport(older)).toContain("No trial of this run has ended yet");
  });

  it("names what there is where a run is not, and what makes one where none is", async () => {
    await expect(gatherReport(registry, "nope")).rejects.toThrow(/no run nope in .*aisle-report/);
    const empty = new Registry(new FolderStore(join(folder, "empty")));
    await expect(gatherReport(empty)).rejects.toThrow(/no run in .*aisle train/);
  });

  it("has what the gate kept out of the channel among its moves", async () => {
    const gate = {
      decision: "hold",
      reason: "not better",
      difference: { value: -0.01, low: -0.02, high: 0.01 },
    } as const;
    await keepHeld(registry, "production", { model: "other", who: "anna", gate });
    const data = await gatherReport(registry);
    expect(data.channel.history.map(({ action }) => action)).toEqual(["promote", "hold"]);
    const page = renderReport(data);
    expect(page).toContain("not better");
    expect(page).toContain("What the gate went by");
    expect(page).toContain("−0.0100 (−0.0200 to +0.0100)");
  });

  it("names the document that is damaged", async () => {
    await keepRun("damaged", "2026-10-01T00:00:00.000Z");
    await put(runKeys.trial("damaged", 0), { trial: "zero" });
    await expect(gatherReport(registry, "damaged")).rejects.toThrow(/0000\.json is damaged/);
  });

  it("says why there are no shoppers where nothing is live", async () => {
    const { channel, shoppers } = await gatherReport(registry, "newer", { channel: "staging" });
    expect(channel).toEqual({ name: "staging", live: undefined, history: [] });
    expect(shoppers).toMatchObject({ reason: expect.stringContaining("staging") });
  });

  it("shows three shoppers by what is live, and no user's id anywhere", async () => {
    const data = await gatherReport(registry);
    if (!("examples" in data.shoppers)) throw new Error(data.shoppers.reason);
    const { examples } = data.shoppers;
    expect(examples).toHaveLength(3);
    const sizes = examples.map(({ historyLength }) => historyLength);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    for (const { history, rows } of examples) {
      expect(rows).toHaveLength(8);
      expect(history[0]).toMatchObject({ category: "everything", day: expect.stringMatching(/^2023-/) });
      expect(rows.some(({ because }) => because.length > 0)).toBe(true);
    }
    expect(JSON.stringify(data)).not.toContain("user ");
    expect(renderReport(data)).not.toMatch(/user \d|<img/);
  });

  it("never shows anybody who was erased", async () => {
    const before = await gatherReport(registry);
    const erasures = new Erasures(store);
    const others = Array.from({ length: 60 }, (_, user) => `user ${user}`).filter((id) => id !== "user 7");
    await erasures.prepare();
    await Promise.all(others.map((id) => erasures.add(id)));
    const after = await gatherReport(registry);
    if (!("examples" in before.shoppers && "examples" in after.shoppers)) throw new Error("nobody was shown");
    expect(after.shoppers.examples).toHaveLength(1);
    await erasures.add("user 7");
    expect((await gatherReport(registry)).shoppers).toMatchObject({
      reason: expect.stringContaining("nobody"),
    });
  });
});
