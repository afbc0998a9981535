import { Catalog } from "../catalog/catalog.ts";
import { allocateModel } from "../model/buffer.ts";
import { openModel } from "../model/model.ts";
import { type PseudonymKey, pseudonymOf } from "../model/pseudonyms.ts";
import { Erasures } from "../registry/erasures.ts";
import type { Manifest } from "../registry/manifest.ts";
import type { Registry } from "../registry/registry.ts";
import type { LoadedModel, VersionSource } from "./source.ts";

/** Every key under which users' ids were ever hidden. */
export type FindPseudonymKeys = () => Promise<readonly PseudonymKey[]>;

/** A model whose users' ids are hidden under a key that is not known here. */
export class PseudonymKeyError extends Error {
  override name = "PseudonymKeyError";
}

/** A channel of a registry as the place where versions come from; digests are checked while reading. */
export function registrySource(
  registry: Registry,
  channel: string,
  pseudonymKeys: FindPseudonymKeys = async () => [],
): VersionSource {
  const manifestOf = lastManifest(registry);
  const erasures = new Erasures(registry.store, undefined, async (userId) =>
    (await pseudonymKeys()).map((key) => pseudonymOf(userId, key)),
  );
  return {
    channel,
    erasures,
    // The ledger is read before any model is loaded, and beside the channel.
    readChannel: async () => {
      const [state] = await Promise.all([registry.channel(channel), erasures.refresh()]);
      return state;
    },
    modelByteLength: async (version) => (await manifestOf(version)).model.byteLength,
    loadModel: async (version) => {
      const manifest = await manifestOf(version);
      return loadModel(registry, manifest, await keyOf(manifest, pseudonymKeys));
    },
    loadRules: (version) => registry.readRules(version),
    loadCatalog: async (version) =>
      Catalog.open(aligned(await registry.readCatalog(version)), `catalogue ${version}`),
  };
}

/** Without the key everybody would be a stranger, which nobody would notice. */
async function keyOf(
  { version, pseudonyms }: Manifest,
  pseudonymKeys: FindPseudonymKeys,
): Promise<PseudonymKey | undefined> {
  if (pseudonyms === undefined) return undefined;
  const key = (await pseudonymKeys()).find(({ id }) => id === pseudonyms);
  if (key) return key;
  throw new PseudonymKeyError(
    `model ${version} hides its users' ids under the key ${pseudonyms}: AISLE_KEYS must name keys with that one among them`,
  );
}

/** Straight into the memory that the model is served from. */
async function loadModel(
  registry: Registry,
  manifest: Manifest,
  pseudonymKey: PseudonymKey | undefined,
): Promise<LoadedModel> {
  const { version, createdAt, metrics, baselines, recipe } = manifest;
  const buffer = await registry.readModel(manifest, (byteLength) => {
    const result = allocateModel(byteLength);
    return { target: result.fileBytes, result };
  });
  return {
    model: openModel(buffer, `model ${version}`, pseudonymKey),
    trainedAt: createdAt,
    metrics: metrics && { ...metrics, baselines },
    settings: recipe,
  };
}

/** Manifests never change, and a start should not ask for the same one over and over. */
function lastManifest(registry: Registry): (version: string) => Promise<Manifest> {
  let last: Manifest | undefined;
  return async (version) => {
    if (last?.version !== version) last = await registry.manifest(version);
    return last;
  };
}

/** Typed columns are views, which must begin where their elements may; bytes from a pool begin anywhere. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
}
