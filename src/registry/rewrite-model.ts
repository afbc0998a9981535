import type { Store } from "../store/store.ts";
import { digestChunks } from "./chunk-digests.ts";
import { keys, RegistryError, readDocument, toJson } from "./documents.ts";
import { type Manifest, manifestSchema } from "./manifest.ts";

/**
 * Puts other bytes under a version that stays the same to whoever names it: only for what the law takes out of it. A
 * server that loads it between the two writes sees that they do not agree, keeps what it has, and tries again.
 */
export async function rewriteModel(
  store: Store,
  version: string,
  model: Uint8Array,
  change: (manifest: Manifest) => Manifest,
): Promise<void> {
  const before = await readDocument(store, keys.manifest(version), manifestSchema);
  if (before === undefined) throw new RegistryError(`there is no model ${version} in ${store.location}`);
  const manifest = manifestSchema.parse({ ...change(before.value), model: digestChunks(model) });
  await store.put(keys.model(version), model);
  await store.put(keys.manifest(version), toJson(manifest), { ifMatch: before.etag });
}
