import type { ShopperCard } from "../http/host.ts";
import type { LiveShop } from "../local/own-shop-state.ts";
import type { Manifest } from "../registry/manifest.ts";
import type { Registry } from "../registry/registry.ts";
import type { Serving } from "../serving/serving.ts";
import type { Snapshot } from "../serving/snapshot.ts";
import { readShoppers } from "./demo-shoppers.ts";
import { demoSource } from "./demo-source.ts";

/** Whose shop it is that is served, and whom a visitor may pretend to be there. */
export interface Served {
  readonly live: LiveShop | undefined;
  readonly shoppers: readonly ShopperCard[];
}

interface ShopPlace {
  readonly registry: Registry;
  /** whose history says whether there is a demo shop to go back to */
  readonly channel: string;
  /** can nobody but whoever sits at this machine ask? Then they may choose among the shop's own customers */
  readonly isOwnMachine: boolean;
}

export async function lookAtShop(
  serving: Serving,
  { registry, channel, isOwnMachine }: ShopPlace,
): Promise<Served> {
  const snapshot = serving.loaded;
  if (snapshot === undefined) return { live: undefined, shoppers: [] };
  const { version } = snapshot.parts;
  const { source } = (await registry.manifest(version)).data;
  const isDemo = source === demoSource;
  const live: LiveShop = {
    version,
    source,
    isDemo,
    isPersonal: snapshot.model.rank > 0,
    itemCount: snapshot.catalog?.count ?? snapshot.model.itemCount,
    userCount: snapshot.model.userCount,
    canReturnToDemo: !isDemo && (await lastDemo(registry, channel)) !== undefined,
  };
  if (isDemo) return { live, shoppers: (await readShoppers(registry.store)) ?? [] };
  return { live, shoppers: isOwnMachine ? shoppersOf(snapshot) : [] };
}

/** The demo's last model in a channel's history and the catalogue that it was served with; both still there. */
export async function lastDemo(
  registry: Registry,
  name: string,
): Promise<{ model: string; catalog: string | undefined } | undefined> {
  const channel = await registry.channel(name);
  let catalog: string | undefined;
  const pairs = (channel?.history ?? []).map((entry) => {
    catalog = entry.catalog ?? catalog;
    return { model: entry.model, catalog };
  });
  const there = new Map((await registry.manifests()).map((manifest) => [manifest.version, manifest]));
  for (const { model, catalog } of pairs.reverse()) {
    if (model !== undefined && isOfDemo(there.get(model))) return { model, catalog };
  }
  return undefined;
}

function isOfDemo(manifest: Manifest | undefined): boolean {
  return manifest?.data.source === demoSource;
}

const shoppersShown = 12;
const dealsMin = 3;

/** A few of the shop's own customers, from those of whom most is known to those of whom little is. */
function shoppersOf(snapshot: Snapshot): ShopperCard[] {
  const { model } = snapshot;
  const counts = Array.from({ length: model.userCount }, (_, row) => ({
    row,
    count: model.history(row).items.length,
  }));
  const known = counts.filter(({ count }) => count >= dealsMin).sort((a, b) => b.count - a.count);
  const step = Math.max(1, Math.floor(known.length / shoppersShown));
  const chosen = known.filter((_, at) => at % step === 0).slice(0, shoppersShown);
  const titleOf = (itemRow: number): string => {
    const catalogRow = snapshot.catalogRow(itemRow);
    return catalogRow === undefined ? model.items.id(itemRow) : snapshot.catalog!.item(catalogRow).title;
  };
  return chosen.map(({ row, count }) => {
    const id = model.users.id(row);
    const { items, strength } = model.history(row);
    const favourites = Array.from(items, (item, at) => ({ item, strength: strength[at] }))
      .sort((a, b) => b.strength - a.strength)
      .slice(0, 3)
      .map(({ item }) => titleOf(item));
    return { id, label: `Shopper ${id}`, persona: `${count} items so far`, preferences: favourites };
  });
}
