import { once } from "node:events";
import { FolderStore } from "../../src/store/folder-store.ts";
import { ConflictError } from "../../src/store/store.ts";

/** Adds one to a number in a store, again and again, in competition with others who do the same. */
const [folder, key, times] = process.argv.slice(2);
const store = new FolderStore(folder);
process.send!("ready");
await once(process, "message");
for (let added = 0; added < Number(times); ) {
  const { bytes, etag } = (await store.get(key))!;
  const sum = Number(new TextDecoder().decode(bytes)) + 1;
  try {
    await store.put(key, new TextEncoder().encode(String(sum)), { ifMatch: etag });
    added++;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
  }
}
process.send!("done", () => process.disconnect());
