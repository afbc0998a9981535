import { Catalog } from "../catalog/catalog.ts";
import { allocateModel } from "../model/buffer.ts";
import { openModel } from "../model/model.ts";
import { Erasures } from "../registry/erasures.ts";
import type { Manifest } from "../registry/manifest.ts";
import type { Registry } from "../registry/registry.ts";
import type { LoadedModel, VersionSource } from "./source.ts";

/** A channel of a registry as the place where versions come from; digests are checked while reading. */
export function registrySource(registry: Registry, channel: string): VersionSource {
  const manifestOf = lastManifest(registry);
  const erasures = new Erasures(registry.store);
  return {
    channel,
    erasures,
    readChannel: async () => {
      const [state] = await Promise.all([registry.channel(channel), erasures.refresh()]);
      return state;
    },
    modelByteLength: async (version) => (await manifestOf(version)).model.byteLength,
    loadModel: async (version) => {
      const [loaded] = await Promise.all([
        manifestOf(version).then((manifest) => loadModel(registry, manifest)),
        erasures.refresh(),
      ]);
      return loaded;
    },
    loadCatalog: async (version) =>
      Catalog.open(aligned(await registry.readCatalog(version)), `catalogue ${version}`),
  };
}

/** Straight into the memory that the model is served from. */
async function loadModel(registry: Registry, manifest: Manifest): Promise<LoadedModel> {
  const { version, createdAt, metrics, baselines, recipe } = manifest;
  const buffer = await registry.readModel(manifest, (byteLength) => {
    const result = allocateModel(byteLength);
    return { target: result.fileBytes, result };
  });
  return {
    model: openModel(buffer, `model ${version}`),
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
