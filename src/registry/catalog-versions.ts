import { ConflictError, type Store } from "../store/store.ts";
import { sha256 } from "./chunk-digests.ts";
import {
  keys,
  nameVersion,
  onlyOnce,
  RegistryError,
  UnknownVersionError,
  versionsUnder,
} from "./documents.ts";

const digitsInName = 12;

/** Stores a catalogue and gives its version: the same catalogue twice is one version. */
export async function putCatalog(store: Store, bytes: Uint8Array, createdAt: string): Promise<string> {
  const digest = sha256(bytes);
  const ending = `-${digest.slice(0, digitsInName)}`;
  const same = (await versionsUnder(store, "catalogs/")).find((version) => version.endsWith(ending));
  if (same) return same;
  const version = nameVersion(createdAt, digest, digitsInName);
  try {
    await store.put(keys.catalog(version), bytes, onlyOnce);
  } catch (error) {
    // Whoever came first within this second brought the same bytes: their digest is in the name.
    if (!(error instanceof ConflictError)) throw error;
  }
  return version;
}

/** @throws RegistryError where there is no such catalogue, or it is not the one that was published */
export async function getCatalog(store: Store, version: string): Promise<Uint8Array> {
  const key = keys.catalog(version);
  const object = await store.get(key);
  if (!object) throw noCatalog(store, version);
  const expected = version.slice(version.lastIndexOf("-") + 1);
  const found = sha256(object.bytes);
  if (!found.startsWith(expected)) {
    throw new RegistryError(
      `${store.describe(key)} is damaged: its SHA-256 is ${found}, its name says ${expected}…`,
    );
  }
  return object.bytes;
}

/** @throws RegistryError where there is no such catalogue */
export async function checkCatalog(store: Store, version: string): Promise<void> {
  if ((await store.size(keys.catalog(version))) === undefined) throw noCatalog(store, version);
}

function noCatalog(store: Store, version: string): RegistryError {
  return new UnknownVersionError(`there is no catalogue ${version} in ${store.location}`);
}
