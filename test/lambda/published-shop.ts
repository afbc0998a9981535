import { packCatalog } from "../../src/catalog/catalog.ts";
import { Registry } from "../../src/registry/registry.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { items, personalModel } from "../serving/small-shop.ts";

/** The small shop's personal model and catalogue, live in a registry of their own. */
export async function publishSmallShop(folder: string): Promise<void> {
  const registry = new Registry(new FolderStore(folder));
  const { buffer } = await personalModel();
  const data = { source: "a test", eventCount: 1, digest: "none", split: "none" };
  const sizes = { rank: 1, userCount: 1, itemCount: 1 };
  const { version: model } = await registry.publish(buffer.fileBytes, {
    ...{ program: "test", ...sizes, recipe: {}, seed: 1, data, fits: [], baselines: {}, golden: [] },
  });
  const catalog = await registry.publishCatalog(packCatalog(items));
  const change = { who: "a test", why: "to test" };
  await registry.promote("production", { model, catalog }, change, undefined);
}
