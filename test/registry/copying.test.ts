import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DigestError } from "../../src/registry/chunk-digests.ts";
import { Registry } from "../../src/registry/registry.ts";
import { historyOf } from "../../src/registry/version-history.ts";
import { flipBit, newPlaces, type Places } from "./places.ts";
import { change, modelBytes, parts, readModelBytes, testRecord } from "./small-registry.ts";

let places: Places;
let registry: Registry;
beforeEach(async () => {
  places = await newPlaces();
  registry = new Registry(places.open("first"));
});
afterEach(() => places.remove());

describe("copying to another registry", () => {
  let other: Registry;
  beforeEach(() => {
    other = new Registry(places.open("second"));
  });

  it("keeps name, digests, manifest and tests, and does nothing the second time", async () => {
    const manifest = await registry.publish(modelBytes(1000), parts, testRecord);
    const { version } = manifest;
    for (let time = 0; time < 2; time++) {
      await registry.copyTo(other, version);
      expect(await other.manifest(version)).toEqual(manifest);
      expect(await other.testRecord(version)).toEqual(testRecord);
      expect(Buffer.compare(await readModelBytes(other, version), modelBytes(1000))).toBe(0);
    }
  });

  it("keeps when it was live, and on whose word, from registry to registry", async () => {
    const { version } = await registry.publish(modelBytes(1000), parts);
    await registry.promote("production", { model: version }, change, undefined);
    await registry.copyTo(other, version);
    const first = registry.store.location;
    expect(await historyOf(other, version)).toEqual([
      {
        registry: first,
        channel: "production",
        action: "promote",
        model: version,
        ...change,
        at: expect.any(String),
      },
    ]);
    await other.promote("market-fr", { model: version }, { who: "berta", why: "it sold" }, undefined);
    const third = new Registry(places.open("third"));
    await other.copyTo(third, version);
    expect(await historyOf(third, version)).toMatchObject([
      { registry: first, channel: "production", who: "anna" },
      { registry: other.store.location, channel: "market-fr", who: "berta" },
    ]);
    await third.remove(version);
    expect(await third.store.list("")).toEqual([]);
  });

  it("goes on where it was interrupted", async () => {
    const manifest = await registry.publish(modelBytes(1000), parts, testRecord);
    const { version } = manifest;
    for (const missing of [["manifest.json"], ["manifest.json", "test.json"]]) {
      await registry.copyTo(other, version);
      for (const name of missing) await other.store.delete(`models/${version}/${name}`);
      await registry.copyTo(other, version);
      expect(await other.manifest(version)).toEqual(manifest);
    }
  });

  it("refuses to copy what is damaged, or over something else", async () => {
    const { version } = await registry.publish(modelBytes(1000), parts, testRecord);
    const key = `models/${version}/model.safetensors`;
    for (const bytes of [new Uint8Array(1000), new Uint8Array(7)]) {
      await other.store.put(key, bytes);
      await expect(registry.copyTo(other, version)).rejects.toThrow(other.store.describe(key));
    }
    await other.store.delete(key);
    await flipBit(registry.store, key, 500);
    await expect(registry.copyTo(other, version)).rejects.toThrow(DigestError);
    expect(await other.store.list("")).toEqual([]);
  });
});
