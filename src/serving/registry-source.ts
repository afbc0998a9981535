import { Catalog } from "../catalog/catalog.ts";
import { allocateModel } from "../model/buffer.ts";
import { openModel } from "../model/model.ts";
import type { Registry } from "../registry/registry.ts";
import type { LoadedModel, VersionSource } from "./source.ts";

/** A channel of a registry as the place where versions come from; digests are checked while reading. */
export function registrySource(registry: Registry, channel: string): VersionSource {
  return {
    channel,
    readChannel: () => registry.channel(channel),
    modelByteLength: async (version) => (await registry.manifest(version)).model.byteLength,
    loadModel: (version) => loadModel(registry, version),
    loadRules: (version) => registry.readRules(version),
    loadCatalog: async (version) =>
      Catalog.open(aligned(await registry.readCatalog(version)), `catalogue ${version}`),
  };
}

/** Straight into the memory that the model is served from. */
async function loadModel(registry: Registry, version: string): Promise<LoadedModel> {
  const { createdAt, metrics, baselines, recipe } = await registry.manifest(version);
  const buffer = await registry.readModel(version, (byteLength) => {
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

/** Typed columns are views, which must begin where their elements may; bytes from a pool begin anywhere. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
}
