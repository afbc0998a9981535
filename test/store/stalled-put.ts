import { FolderStore } from "../../src/store/folder-store.ts";

/** Puts bytes that never come to an end: after the first piece this process only waits to be killed. */
const [folder, key] = process.argv.slice(2);
const bytes = new Uint8Array(24 * 2 ** 20);
const endless = {
  async *[Symbol.asyncIterator]() {
    yield new Uint8Array(1);
    process.send!("half written");
    await new Promise(() => {});
  },
};
let pieces = 0;
bytes.subarray = (from, to) =>
  ++pieces === 1 ? Uint8Array.prototype.slice.call(bytes, from, to) : (endless as unknown as typeof bytes);
await new FolderStore(folder).put(key, bytes, { ifNoneMatch: "*" });
