import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prune } from "../../src/registry/prune.ts";
import { Registry } from "../../src/registry/registry.ts";
import { newPlaces, type Places } from "./places.ts";
import { change, modelBytes, parts } from "./small-registry.ts";

let places: Places;
let registry: Registry;
let time: Date;
beforeEach(async () => {
  places = await newPlaces();
  time = new Date("2026-11-23T20:15:00.123Z");
  registry = new Registry(places.open("first"), () => time);
});
afterEach(() => places.remove());

async function publish(seed: number): Promise<string> {
  time = new Date(time.getTime() + 1000);
  return (await registry.publish(modelBytes(100, seed), parts)).version;
}

describe("removing", () => {
  it("spares what is live, naming the channel", async () => {
    const [one, two] = [await publish(1), await publish(2)];
    await registry.promote("market-fr", { model: one }, change, undefined);
    await expect(registry.remove(one)).rejects.toThrow(`model ${one} is live in channel "market-fr"`);
    await registry.remove(two);
    expect((await registry.manifests()).map(({ version }) => version)).toEqual([one]);
    expect(await registry.store.list(`models/${two}`)).toEqual([]);
    await expect(registry.remove(two)).rejects.toThrow("there is no model");
  });

  it("of old versions keeps the newest, what is live and what would be gone back to", async () => {
    const versions = [];
    for (let i = 0; i < 7; i++) versions.push(await publish(i));
    const catalogs = [];
    for (let i = 0; i < 3; i++) {
      time = new Date(time.getTime() + 1000);
      catalogs.push(await registry.publishCatalog(new Uint8Array(i)));
    }
    const [, before, live] = versions;
    await registry.promote("p", { model: before, catalog: catalogs[0] }, change, undefined);
    await registry.promote("p", { model: live }, change, (await registry.channel("p"))?.etag);
    const gone = await prune(registry, { keep: 2, now: time.getTime() });
    expect(gone.models).toEqual([versions[0], versions[3], versions[4]]);
    expect(gone.catalogs).toEqual([]);
    expect(await prune(registry, { keep: 1, now: time.getTime() })).toEqual({
      models: [versions[5]],
      catalogs: [catalogs[1]],
    });
    expect(await registry.rollback("p", change)).toBe(before);
  });

  it("takes what was never finished, but not what is in the making", async () => {
    const [old, young] = [await publish(1), await publish(2)];
    for (const version of [old, young]) await registry.store.delete(`models/${version}/manifest.json`);
    const made = time.getTime();
    expect(await prune(registry, { keep: 0, now: made + 23 * 3600_000 })).toEqual({
      models: [],
      catalogs: [],
    });
    expect((await prune(registry, { keep: 0, now: made + 25 * 3600_000 })).models).toEqual([old, young]);
    expect(await registry.store.list("models/")).toEqual([]);
  });
});
