import { ConflictError } from "../store/store.ts";
import { verifyWhileReading } from "./chunk-digests.ts";
import { keys, onlyOnce, RegistryError, readDocument, toJson } from "./documents.ts";
import { type Manifest, manifestSchema } from "./manifest.ts";
import type { Registry } from "./registry.ts";
import { historyOf } from "./version-history.ts";

/**
 * Copies a version with its manifest as it is: same name, same digests, same measurements, and the record of when it
 * was live where it comes from. One that was interrupted can be run again.
 * @throws RegistryError where the other registry has something else under this name
 */
export async function copyVersion(from: Registry, to: Registry, version: string): Promise<void> {
  const manifest = await from.manifest(version);
  const there = (await readDocument(to.store, keys.manifest(version), manifestSchema))?.value;
  if (there && there.model.sha256 !== manifest.model.sha256) throw otherThere(to, keys.manifest(version));
  if (there) return;
  await copyModel(from, to, manifest);
  const test = await from.testRecord(version);
  if (test) await putDocument(to, keys.test(version), test);
  const history = await historyOf(from, version);
  const carried = history.map((entry) => ({ registry: from.store.location, ...entry }));
  if (carried.length > 0) await to.store.put(keys.history(version), toJson(carried));
  await putDocument(to, keys.manifest(version), manifest);
}

async function copyModel(from: Registry, to: Registry, { version, model }: Manifest): Promise<void> {
  const key = keys.model(version);
  const bytes = await from.readModel(version, (byteLength) => {
    const target = new Uint8Array(byteLength);
    return { target, result: target };
  });
  try {
    await to.store.put(key, bytes, onlyOnce);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    if ((await to.store.size(key)) !== model.byteLength) throw otherThere(to, key);
    // Left by a copy that ended here: if it is whole, the rest may follow.
    await to.store.readInto(key, bytes, verifyWhileReading(bytes, model, to.store.describe(key)));
  }
}

async function putDocument(to: Registry, key: string, document: unknown): Promise<void> {
  const bytes = toJson(document);
  try {
    await to.store.put(key, bytes, onlyOnce);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const there = await to.store.get(key);
    if (!there || Buffer.compare(there.bytes, bytes) !== 0) throw otherThere(to, key);
  }
}

function otherThere(to: Registry, key: string): RegistryError {
  return new RegistryError(
    `${to.store.describe(key)} is there already and is not what would be copied: remove it first`,
  );
}
