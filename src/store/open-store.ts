import { FolderStore } from "./folder-store.ts";
import { type Store, StoreError } from "./store.ts";

/**
 * The store that a location names.
 * @throws StoreError on an address that is not offered
 */
export function openStore(location: string): Store {
  const [, scheme] = /^([a-z][a-z0-9+.-]+):\/\//i.exec(location) ?? [];
  if (scheme) throw new StoreError(`${location}: a registry is a folder; ${scheme}:// is not offered yet`);
  return new FolderStore(location);
}
