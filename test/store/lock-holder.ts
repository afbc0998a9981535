import { withLock } from "../../src/store/folder-lock.ts";

/** Takes a lock and never lets go. */
await withLock(process.argv[2], { purpose: "a test" }, async () => {
  process.send!("held");
  await new Promise(() => process.on("message", () => {}));
});
