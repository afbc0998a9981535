import { packCatalog } from "../../src/catalog/catalog.ts";
import type { ManifestParts } from "../../src/registry/manifest.ts";
import { Registry } from "../../src/registry/registry.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import type { Store } from "../../src/store/store.ts";
import { items, personalModel } from "../serving/small-shop.ts";

/** What is said of the small shop's models, which nobody measured. */
export const smallParts: ManifestParts = {
  ...{ program: "test", rank: 1, userCount: 1, itemCount: 1, recipe: {}, seed: 1 },
  data: { source: "a test", eventCount: 1, digest: "none", split: "none" },
  ...{ fits: [], baselines: {}, golden: [] },
};

/** The small shop's personal model and catalogue, live in a registry of their own. */
export async function publishSmallShop(place: string | Store): Promise<void> {
  const registry = new Registry(typeof place === "string" ? new FolderStore(place) : place);
  const { buffer } = await personalModel();
  const { version: model } = await registry.publish(buffer.fileBytes, smallParts);
  const catalog = await registry.publishCatalog(packCatalog(items));
  const change = { who: "a test", why: "to test" };
  await registry.promote("production", { model, catalog }, change, undefined);
}
