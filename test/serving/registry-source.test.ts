import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { packCatalog } from "../../src/catalog/catalog.ts";
import type { ManifestParts } from "../../src/registry/manifest.ts";
import { Registry } from "../../src/registry/registry.ts";
import { registrySource } from "../../src/serving/registry-source.ts";
import { Serving } from "../../src/serving/serving.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { items, logged, personalModel, popularModel } from "./small-shop.ts";

let folder: string;
let registry: Registry;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-serving-"));
  registry = new Registry(new FolderStore(folder));
});
afterEach(() => rm(folder, { recursive: true }));

const parts: ManifestParts = {
  program: "0",
  rank: 8,
  userCount: 60,
  itemCount: 40,
  recipe: { factors: 8 },
  seed: 1,
  data: { source: "test", eventCount: 900, digest: "d", split: "none" },
  fits: [],
  baselines: {},
  golden: [],
};
const change = { who: "test", why: "test" };

async function publish(model: Awaited<ReturnType<typeof personalModel>>): Promise<string> {
  const { version } = await registry.publish(model.buffer.fileBytes, parts);
  return version;
}

it("walks from a published model and catalogue to answers, and on to the next model", async () => {
  const first = await publish(await popularModel());
  const catalog = await registry.publishCatalog(packCatalog(items));
  await registry.promote("production", { model: first, catalog }, change, undefined);
  const serving = await Serving.start({ source: registrySource(registry, "production") });
  expect(serving.answer({ userId: "user 2" })).toMatchObject({
    source: "popular",
    model: { version: first },
  });

  const second = await publish(await personalModel());
  await registry.promote(
    "production",
    { model: second },
    change,
    (await registry.channel("production"))?.etag,
  );
  await serving.refresh();
  expect(serving.answer({ userId: "user 2" })).toMatchObject({ source: "als", model: { version: second } });
  expect(serving.snapshot?.parts).toMatchObject({ catalogVersion: catalog, settings: { factors: 8 } });
});

it("takes an item out of every answer as soon as a new catalogue says so", async () => {
  const model = await publish(await personalModel());
  const catalog = await registry.publishCatalog(packCatalog(items));
  await registry.promote("production", { model, catalog }, change, undefined);
  const serving = await Serving.start({ source: registrySource(registry, "production") });
  const [{ itemId }] = serving.answer({ userId: "user 2" }).items;
  const sold = items.map((item) => (item.itemId === itemId ? { ...item, available: false } : item));
  await registry.setCatalog("production", await registry.publishCatalog(packCatalog(sold)), change);
  await serving.refresh();
  for (const query of [{ userId: "user 2" }, {}, { itemId: "ítem 2" }, { recent: ["ítem 4"] }]) {
    const shown = serving.answer({ ...query, numResults: 500, hide: "none" }).items;
    expect(shown.map((row) => row.itemId)).not.toContain(itemId);
  }
});

it("refuses a model with a flipped byte, and serves the one before", async () => {
  const first = await publish(await popularModel());
  await registry.promote("production", { model: first }, change, undefined);
  const serving = await Serving.start({ source: registrySource(registry, "production") });
  const second = await publish(await personalModel());
  const file = join(folder, "models", second, "model.safetensors");
  const bytes = await readFile(file);
  bytes[bytes.length >> 1] ^= 1;
  await writeFile(file, bytes);
  await registry.promote(
    "production",
    { model: second },
    change,
    (await registry.channel("production"))?.etag,
  );
  await serving.refresh();
  expect(serving.answer({}).model.version).toBe(first);
  expect(serving.failure).toContain("model.safetensors");
  expect(logged.at(-1)).toBe("warn: swap failed");
});
