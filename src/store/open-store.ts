import { FolderStore } from "./folder-store.ts";
import type { S3Settings } from "./s3-place.ts";
import { S3Store } from "./s3-store.ts";
import { type Store, StoreError } from "./store.ts";

/**
 * The store that a location names: a folder, or `s3://bucket/prefix`.
 * @throws StoreError on an address that is not offered
 */
export function openStore(location: string, s3: S3Settings = {}): Store {
  const [, scheme] = /^([a-z][a-z0-9+.-]+):\/\//i.exec(location) ?? [];
  if (scheme?.toLowerCase() === "s3") return new S3Store(location, s3);
  if (scheme) {
    throw new StoreError(
      `${location}: a registry is a folder or s3://bucket/prefix; ${scheme}:// is neither`,
    );
  }
  return new FolderStore(location);
}
