import { createHash } from "node:crypto";
import type { ActivityStore } from "../activity/activity-store.ts";
import { Catalog, packCatalog } from "../catalog/catalog.ts";
import { applyChanges } from "../catalog/changed-item.ts";
import { log } from "../log.ts";
import { timeOfVersion } from "../registry/documents.ts";
import type { ChannelState, VersionSource } from "./source.ts";

/**
 * A source whose catalogue has what was posted of items laid over it. Its version then says so: `c1+9f86d081` is
 * catalogue `c1` with changes of that digest, so that a further change makes another version.
 */
export function withItemChanges(source: VersionSource, store: ActivityStore): VersionSource {
  const { loadRules } = source;
  return {
    channel: source.channel,
    erasures: source.erasures,
    ...(loadRules && { loadRules: (version: string) => loadRules.call(source, version) }),
    readChannel: async () => {
      const state = await source.readChannel();
      return state?.catalog === undefined ? state : withDigest(state, state.catalog, store);
    },
    modelByteLength: (version) => source.modelByteLength(version),
    loadModel: (version) => source.loadModel(version),
    ...(source.loadRules && { loadRules: source.loadRules.bind(source) }),
    loadCatalog: async (version) => {
      const [, base] = /^(.*)\+[0-9a-f]{8}$/.exec(version) ?? [];
      if (base === undefined) return source.loadCatalog(version);
      const later = store.itemChanges(timeOfCatalog(base));
      const [catalog, changes] = await Promise.all([source.loadCatalog(base), later]);
      const items = Array.from({ length: catalog.count }, (_, row) => catalog.item(row));
      return Catalog.open(packCatalog(applyChanges(items, changes)), `catalogue ${version}`);
    },
  };
}

/**
 * When a catalogue was published, in ms since 1970: what was said of items before then it knows better. 0 where its
 * name does not say.
 */
export function timeOfCatalog(version: string | undefined): number {
  return timeOfVersion((version ?? "").replace(/\+.*$/, "")) || 0;
}

/** Where the changes cannot be read, the catalogue is served as it was published: a model should not wait for them. */
async function withDigest(state: ChannelState, catalog: string, store: ActivityStore): Promise<ChannelState> {
  try {
    const changes = await store.itemChanges(timeOfCatalog(catalog));
    if (changes.length === 0) return state;
    const stamps = changes.map(({ itemId, changedAt }) => [itemId, changedAt]).sort();
    const digest = createHash("sha256").update(JSON.stringify(stamps)).digest("hex").slice(0, 8);
    return { ...state, catalog: `${catalog}+${digest}` };
  } catch (error) {
    log.error("changes of items not read", { error });
    return state;
  }
}
