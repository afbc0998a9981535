import { ConflictError, isKey, type Store } from "../store/store.ts";
import { type Digests, verifyWhileReading } from "./chunk-digests.ts";
import {
  keys,
  nameVersion,
  onlyOnce,
  RegistryError,
  readDocument,
  UnknownVersionError,
  versionsUnder,
} from "./documents.ts";
import { type Manifest, manifestSchema } from "./manifest.ts";

/**
 * Puts a model's bytes under a version of their own. Two models within a second whose digests begin alike would have
 * one name: the later takes more of its digest.
 */
export async function putModel(
  store: Store,
  model: Uint8Array,
  createdAt: string,
  { sha256: digest }: Digests,
): Promise<string> {
  for (let digits = 4; digits <= digest.length; digits++) {
    const version = nameVersion(createdAt, digest, digits);
    if ((await store.size(keys.model(version))) !== undefined) continue;
    try {
      await store.put(keys.model(version), model, onlyOnce);
      return version;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  throw new RegistryError(`model ${digest} was published too often within a second`);
}

/** `undefined` where there is no such version, or only a part of one. */
export async function findManifest(store: Store, version: string): Promise<Manifest | undefined> {
  const key = keys.manifest(version);
  // Whoever asks for it may have written anything; a slash would lead to another place.
  if (version.includes("/") || !isKey(key)) return undefined;
  const manifest = (await readDocument(store, key, manifestSchema))?.value;
  if (manifest && manifest.version !== version) {
    throw new RegistryError(`${store.describe(key)} is of another version, ${manifest.version}`);
  }
  return manifest;
}

/** @throws RegistryError where there is no such version */
export async function getManifest(store: Store, version: string): Promise<Manifest> {
  const manifest = await findManifest(store, version);
  if (manifest) return manifest;
  throw new UnknownVersionError(`there is no model ${version} in ${store.location}: see "aisle models"`);
}

/** Every version that is whole, oldest first. */
export async function listManifests(store: Store): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const version of await versionsUnder(store, "models/")) {
    const manifest = await findManifest(store, version);
    if (manifest) manifests.push(manifest);
  }
  // Names tell seconds only. ISO times in UTC sort as text.
  return manifests.sort((a, b) => (a.createdAt < b.createdAt ? -1 : Number(a.createdAt > b.createdAt)));
}

/**
 * Is a version whole, as far as can be told without reading it?
 * @throws RegistryError where it is not
 */
export async function checkModel(store: Store, version: string): Promise<void> {
  const { model } = await getManifest(store, version);
  const key = keys.model(version);
  const size = await store.size(key);
  if (size === model.byteLength) return;
  throw new RegistryError(
    `${store.describe(key)} ${size === undefined ? "is gone" : `has ${size} bytes`} where its manifest says ` +
      `${model.byteLength} bytes: publish it again`,
  );
}

/**
 * Reads a model into memory that `allocate` gives, checking its digests beside the reading.
 * @throws DigestError on the first damaged chunk
 */
export async function readModel<T>(
  store: Store,
  { version, model }: Manifest,
  allocate: (byteLength: number) => { target: Uint8Array; result: T },
): Promise<T> {
  const { target, result } = allocate(model.byteLength);
  const key = keys.model(version);
  await store.readInto(key, target, verifyWhileReading(target, model, store.describe(key)));
  return result;
}

/** Removes what there is of a version, whoever names it; interrupted, it leaves bytes but no version. */
export async function eraseModel(store: Store, version: string): Promise<void> {
  await store.delete(keys.manifest(version));
  await store.delete(keys.test(version));
  await store.delete(keys.history(version));
  await store.delete(keys.model(version));
}
