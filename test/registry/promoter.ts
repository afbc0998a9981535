import { once } from "node:events";
import { Registry } from "../../src/registry/registry.ts";
import { FolderStore } from "../../src/store/folder-store.ts";

/** Looks at a channel, waits for the word, and promotes by what it saw. */
const [folder, model, who] = process.argv.slice(2);
const registry = new Registry(new FolderStore(folder));
const seen = await registry.channel("production");
process.send!("looked");
await once(process, "message");
try {
  await registry.promote("production", { model }, { who, why: "a race" }, seen?.etag);
  process.send!("won");
} catch (error) {
  process.send!(`lost: ${error}`);
}
process.send!("ended", () => process.disconnect());
