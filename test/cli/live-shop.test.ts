import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { demoSource } from "../../src/cli/demo-source.ts";
import { lastDemo, lookAtShop } from "../../src/cli/live-shop.ts";
import { Registry } from "../../src/registry/registry.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { change, modelBytes, parts } from "../registry/small-registry.ts";
import { smallServing } from "../serving/small-shop.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-live-shop-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

function emptyRegistry(): Registry {
  return new Registry(new FolderStore(join(folder, String(count++))));
}

/** Publishes a model of these events and makes it live, with a catalogue of its own if one is named. */
async function goLive(registry: Registry, source: string, catalog?: string): Promise<string> {
  const data = { ...parts.data, source };
  const { version } = await registry.publish(modelBytes(64, count++), { ...parts, data });
  const catalogVersion = catalog && (await registry.publishCatalog(new TextEncoder().encode(catalog)));
  const etag = (await registry.channel("production"))?.etag;
  await registry.promote("production", { model: version, catalog: catalogVersion }, change, etag);
  return version;
}

const at = (registry: Registry, isOwnMachine = true) => ({ registry, channel: "production", isOwnMachine });

describe("the way back to the demo shop", () => {
  it("is its last model that was live, with the catalogue of then", async () => {
    const registry = emptyRegistry();
    expect(await lastDemo(registry, "production")).toBeUndefined();
    await goLive(registry, demoSource, "of the demo");
    const trained = await goLive(registry, demoSource);
    const { catalog } = (await registry.channel("production"))!;
    await goLive(registry, "events.csv", "of the shop");
    expect(await lastDemo(registry, "production")).toEqual({ model: trained, catalog });
  });

  it("is none where the demo never was, or is gone", async () => {
    const registry = emptyRegistry();
    await goLive(registry, "events.csv", "of the shop");
    expect(await lastDemo(registry, "production")).toBeUndefined();
    const demo = await goLive(registry, demoSource, "of the demo");
    await goLive(registry, "events.csv");
    await registry.remove(demo);
    expect(await lastDemo(registry, "production")).toBeUndefined();
  });
});

describe("the shop that is served", () => {
  it("offers a few of its own customers, those first of whom most is known, and what they take", async () => {
    const serving = await smallServing();
    const registry = emptyRegistry();
    registry.manifest = async () =>
      ({ data: { source: "events.csv" } }) as Awaited<ReturnType<Registry["manifest"]>>;
    const { live, shoppers } = await lookAtShop(serving, at(registry));
    expect(live).toMatchObject({ version: "v1", source: "events.csv", isDemo: false, isPersonal: true });
    expect(shoppers.length).toBeGreaterThan(3);
    expect(shoppers.length).toBeLessThanOrEqual(12);
    const counts = shoppers.map(({ persona }) => Number.parseInt(persona, 10));
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    expect(shoppers[0].preferences).toHaveLength(3);
    expect(shoppers[0].preferences?.join()).toMatch(/Product number \d+/);
    // Where others can ask, a shop's customers are nobody's to choose from.
    expect((await lookAtShop(serving, at(registry, false))).shoppers).toEqual([]);
  });

  it("offers nobody of a demo whose shoppers are not kept, and is nothing without a model", async () => {
    const serving = await smallServing();
    const registry = emptyRegistry();
    registry.manifest = async () =>
      ({ data: { source: demoSource } }) as Awaited<ReturnType<Registry["manifest"]>>;
    expect(await lookAtShop(serving, at(registry))).toMatchObject({
      live: { isDemo: true },
      shoppers: [],
    });
    const empty = Object.create(serving, { loaded: { value: undefined } });
    expect(await lookAtShop(empty, at(registry))).toEqual({ live: undefined, shoppers: [] });
  });
});
