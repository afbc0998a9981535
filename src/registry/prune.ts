import { earlierModels } from "./channel.ts";
import { keys, timeOfVersion, versionsUnder } from "./documents.ts";
import { eraseModel } from "./model-versions.ts";
import type { Registry } from "./registry.ts";
import { rolloutModels } from "./rollout-record.ts";
import { ruleVersions } from "./rules.ts";

export interface PruneOptions {
  /** how many of the newest models, catalogues and rules stay, whatever names them */
  readonly keep: number;
  /** ms since 1970 */
  readonly now?: number;
}

/** A version without a manifest may still be in the making for so long. */
const unfinishedMsMax = 24 * 3600 * 1000;

/**
 * Removes old models, catalogues and rules. What a channel serves stays, and so does the model that it would go back to;
 * what a killed publisher left half-made a day ago goes. Gives the versions that went.
 */
export async function prune(
  registry: Registry,
  { keep, now = Date.now() }: PruneOptions,
): Promise<Readonly<Record<"models" | "catalogs" | "rules", string[]>>> {
  const { store } = registry;
  const needed = await neededVersions(registry);
  const isOld = (version: string, index: number, all: readonly string[]): boolean =>
    index < all.length - keep && !needed.has(version);

  const whole = (await registry.manifests()).map(({ version }) => version);
  const halfMade = (await versionsUnder(store, "models/")).filter(
    (version) => !whole.includes(version) && now - timeOfVersion(version) > unfinishedMsMax,
  );
  const models = [...whole.filter(isOld), ...halfMade];
  for (const version of models) await eraseModel(store, version);

  const catalogs = (await versionsUnder(store, "catalogs/")).filter(isOld);
  for (const version of catalogs) await store.delete(keys.catalog(version));

  const rules = (await ruleVersions(store)).filter(isOld);
  for (const version of rules) await store.delete(keys.rules(version));
  return { models, catalogs, rules };
}

async function neededVersions(registry: Registry): Promise<Set<string>> {
  const needed = new Set<string>();
  for (const name of await registry.channelNames()) {
    const channel = await registry.channel(name);
    if (!channel) continue;
    const [before] = earlierModels(channel);
    const rollout = rolloutModels(await registry.rollout(name));
    for (const version of [channel.model, before, channel.catalog, channel.rules, ...rollout]) {
      if (version) needed.add(version);
    }
  }
  return needed;
}
