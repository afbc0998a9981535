import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DigestError } from "../../src/registry/chunk-digests.ts";
import { RegistryError, UnknownVersionError } from "../../src/registry/documents.ts";
import { Registry } from "../../src/registry/registry.ts";
import { alter, flipBit, newPlaces, type Places, withPut } from "./places.ts";
import { change, modelBytes, parts, readModelBytes, testRecord } from "./small-registry.ts";

let places: Places;
let registry: Registry;
let time: Date;
beforeEach(async () => {
  places = await newPlaces();
  time = new Date("2026-11-23T20:15:00.123Z");
  registry = new Registry(places.open("first"), () => time);
});
afterEach(() => places.remove());

const catalogBytes = new TextEncoder().encode("a catalogue");

async function publish(seed: number): Promise<string> {
  time = new Date(time.getTime() + 1000);
  return (await registry.publish(modelBytes(100, seed), parts)).version;
}

const keyOf = (version: string, name = "model.safetensors"): string => `models/${version}/${name}`;

describe("a version", () => {
  it("is named by its time and digest, and is given back as it was published", async () => {
    const bytes = modelBytes(20 * 2 ** 20 + 5);
    const manifest = await registry.publish(bytes, parts, testRecord);
    expect(manifest).toMatchObject({ ...parts, createdAt: "2026-11-23T20:15:00.123Z" });
    expect(manifest.version).toBe(`20261123T201500Z-${manifest.model.sha256.slice(0, 4)}`);
    expect(manifest.model).toMatchObject({ byteLength: bytes.length, chunkBytes: 8 * 2 ** 20 });
    expect(manifest.model.chunks).toHaveLength(3);
    expect(await registry.manifest(manifest.version)).toEqual(manifest);
    expect(await registry.testRecord(manifest.version)).toEqual(testRecord);
    expect(await registry.manifests()).toEqual([manifest]);
    expect(Buffer.compare(await readModelBytes(registry, manifest.version), bytes)).toBe(0);
  });

  it("has a name of its own however alike and however quick", async () => {
    const bytes = modelBytes(100);
    const published = await Promise.all(Array.from({ length: 5 }, () => registry.publish(bytes, parts)));
    expect(new Set(published.map(({ version }) => version)).size).toBe(5);
    expect(await registry.manifests()).toHaveLength(5);
  });

  it("may be empty of tests, and of measurements", async () => {
    const { metrics: _, ...unmeasured } = parts;
    const { version } = await registry.publish(modelBytes(10), unmeasured);
    expect(await registry.testRecord(version)).toBeUndefined();
    expect((await registry.manifest(version)).metrics).toBeUndefined();
  });

  it("is not there under another name, before its manifest is, or where it never was", async () => {
    const version = await publish(1);
    const { store } = registry;
    for (const name of ["model.safetensors", "manifest.json"]) {
      await store.put(keyOf("renamed", name), (await store.get(keyOf(version, name)))!.bytes);
    }
    await expect(registry.manifest("renamed")).rejects.toThrow(
      /renamed.manifest\.json is of another version/,
    );
    await store.delete(keyOf("renamed", "manifest.json"));
    await store.delete(keyOf(version, "manifest.json"));
    await expect(registry.manifest(version)).rejects.toThrow(RegistryError);
    await expect(readModelBytes(registry, version)).rejects.toThrow(`there is no model ${version}`);
    expect(await registry.manifests()).toEqual([]);
  });

  it("is not there under a name that no version could have", async () => {
    for (const version of ["ºuÜPýì", "..", "../../channels", "a/b", "", " "]) {
      await expect(registry.manifest(version), version).rejects.toThrow(UnknownVersionError);
    }
  });

  it("is refused before anything is written if it says what no manifest may say", async () => {
    await expect(registry.publish(modelBytes(10), { ...parts, rank: -1 })).rejects.toThrow();
    const record = { ...testRecord, model: [Number.NaN] };
    await expect(registry.publish(modelBytes(10), parts, record)).rejects.toThrow();
    expect(await registry.store.list("")).toEqual([]);
  });
});

describe("a damaged version", () => {
  it("is refused by place and both digests, wherever a bit is flipped", async () => {
    const bytes = modelBytes(9 * 2 ** 20);
    const { version, model } = await registry.publish(bytes, parts);
    for (const [at, chunk] of [
      [0, 0],
      [8 * 2 ** 20 - 1, 0],
      [8 * 2 ** 20, 1],
      [bytes.length - 1, 1],
    ]) {
      await flipBit(registry.store, keyOf(version), at);
      const reading = readModelBytes(registry, version);
      await expect(reading).rejects.toThrow(DigestError);
      await expect(reading).rejects.toThrow(
        new RegExp(`${keyOf(version)}.* ${chunk * 8 * 2 ** 20} and .*SHA-256 there is [0-9a-f]{64}`),
      );
      await expect(reading).rejects.toThrow(model.chunks[chunk]);
      await flipBit(registry.store, keyOf(version), at);
    }
    await readModelBytes(registry, version);
  });

  it("is neither read nor made live when its file is short or gone", async () => {
    const version = await publish(1);
    await alter(registry.store, keyOf(version), (bytes) => bytes.subarray(0, 99));
    await expect(readModelBytes(registry, version)).rejects.toThrow(/99 bytes where 100/);
    await expect(registry.promote("p", { model: version }, change, undefined)).rejects.toThrow(
      /has 99 bytes .* 100/,
    );
    await registry.store.delete(keyOf(version));
    await expect(readModelBytes(registry, version)).rejects.toThrow("is not there");
    await expect(registry.promote("p", { model: version }, change, undefined)).rejects.toThrow("is gone");
    expect(await registry.channel("p")).toBeUndefined();
  });

  it.each([
    ["no JSON", "{"],
    ["not a manifest", "{}"],
  ])("with %s for a manifest is named", async (_, text) => {
    const version = await publish(1);
    await registry.store.put(keyOf(version, "manifest.json"), Buffer.from(text));
    await expect(registry.manifest(version)).rejects.toThrow(RegistryError);
    await expect(registry.manifest(version)).rejects.toThrow(/manifest\.json is damaged/);
  });

  it("is refused when its manifest has no digest for some of its bytes", async () => {
    const { version, model } = await registry.publish(modelBytes(100), parts);
    await alter(registry.store, keyOf(version, "manifest.json"), (bytes) => {
      const manifest = JSON.parse(new TextDecoder().decode(bytes));
      return Buffer.from(JSON.stringify({ ...manifest, model: { ...model, chunks: [] } }));
    });
    await expect(readModelBytes(registry, version)).rejects.toThrow("do not cover");
  });
});

describe("a catalogue", () => {
  it("is one version however often it is published", async () => {
    const first = await registry.publishCatalog(catalogBytes);
    time = new Date("2026-11-24T00:00:00Z");
    expect(await registry.publishCatalog(catalogBytes)).toBe(first);
    expect(await registry.publishCatalog(new Uint8Array(3))).not.toBe(first);
    expect(await registry.readCatalog(first)).toEqual(Buffer.from(catalogBytes));
    const racing = await Promise.all([1, 2, 3].map(() => registry.publishCatalog(new Uint8Array(4))));
    expect(new Set(racing).size).toBe(1);
  });

  it("is refused when it is damaged or missing", async () => {
    const version = await registry.publishCatalog(catalogBytes);
    await flipBit(registry.store, `catalogs/${version}/catalog.safetensors`, 3);
    await expect(registry.readCatalog(version)).rejects.toThrow(
      /catalog\.safetensors is damaged.*SHA-256 is/,
    );
    await expect(registry.readCatalog("none")).rejects.toThrow("there is no catalogue none");
  });
});

describe("a disk that fills up while a model is published", () => {
  it("leaves no half of it, and what was there serves on", async () => {
    const live = await publish(1);
    await registry.promote("p", { model: live }, change, undefined);
    const { store } = registry;
    // Has room for models but not for what comes after them.
    const full = new Registry(
      withPut(store, async (key, bytes, condition) => {
        if (!key.endsWith(".safetensors")) throw new Error("the disk is full");
        return store.put(key, bytes, condition);
      }),
    );
    await expect(full.publish(modelBytes(100, 2), parts, testRecord)).rejects.toThrow("the disk is full");
    expect((await registry.manifests()).map(({ version }) => version)).toEqual([live]);
    expect(await registry.store.list("models/")).toHaveLength(2);
    await readModelBytes(registry, live);
  });
});
