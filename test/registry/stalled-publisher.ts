import { Registry } from "../../src/registry/registry.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import type { PutCondition } from "../../src/store/store.ts";
import { modelBytes, parts, testRecord } from "./small-registry.ts";

/** Publishes a model, but stops in the middle of one of its files and then only waits to be killed. */
const [folder, stop] = process.argv.slice(2);

class StallingStore extends FolderStore {
  override put(key: string, bytes: Uint8Array, condition?: PutCondition): Promise<{ etag: string }> {
    return super.put(key, key.endsWith(stop) ? stalling(bytes) : bytes, condition);
  }
}

/** Bytes whose first half can be written, and whose second never comes. */
function stalling(bytes: Uint8Array): Uint8Array {
  const endless = {
    async *[Symbol.asyncIterator]() {
      yield bytes.slice(0, bytes.length >> 1);
      process.send!(`writing ${stop}`);
      await new Promise(() => {});
    },
  };
  const stalled = new Uint8Array(bytes.length);
  stalled.subarray = () => endless as unknown as typeof stalled;
  return stalled;
}

await new Registry(new StallingStore(folder)).publish(modelBytes(100_000, 3), parts, testRecord);
