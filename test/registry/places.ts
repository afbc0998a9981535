import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FolderStore } from "../../src/store/folder-store.ts";
import { S3Store } from "../../src/store/s3-store.ts";
import type { Store } from "../../src/store/store.ts";
import { startS3 } from "../store/s3-under-test.ts";

/** Where a test's registries lie, each under a name: in a folder, or in the S3 that AISLE_TEST_S3 names. */
export interface Places {
  readonly open: (name: string) => Store;
  readonly remove: () => Promise<void>;
}

export async function newPlaces(): Promise<Places> {
  if (process.env.AISLE_TEST_S3 !== undefined) {
    const { settings, stop } = await startS3();
    const root = randomUUID();
    return { open: (name) => new S3Store(`s3://bucket/${root}/${name}`, settings), remove: stop };
  }
  const root = await mkdtemp(join(tmpdir(), "aisle-registry-"));
  return { open: (name) => new FolderStore(join(root, name)), remove: () => rm(root, { recursive: true }) };
}

/** One bit of an object is another; the second time it is right again. */
export function flipBit(store: Store, key: string, at: number): Promise<void> {
  return alter(store, key, (bytes) => {
    bytes[at] ^= 0x10;
    return bytes;
  });
}

/** Changes what never changes. */
export async function alter(
  store: Store,
  key: string,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  const object = await store.get(key);
  if (!object) throw new Error(`there is nothing at ${key}`);
  await store.put(key, change(Uint8Array.from(object.bytes)));
}

/** The same store with a put of its own. */
export function withPut(store: Store, put: Store["put"]): Store {
  return {
    location: store.location,
    get: (key) => store.get(key),
    size: (key) => store.size(key),
    readInto: (key, target, onFilled) => store.readInto(key, target, onFilled),
    put,
    list: (prefix) => store.list(prefix),
    delete: (key) => store.delete(key),
    describe: (key) => store.describe(key),
  };
}
