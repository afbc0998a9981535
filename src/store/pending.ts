import { mkdir, readdir, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ignoring } from "./file-errors.ts";
import { hasEnded } from "./process-mark.ts";

/** What nobody here can ask about is removed after a day: no write takes that long. */
const forgottenAfterMs = 24 * 3600 * 1000;

/** Where writers keep what has no name yet: in the same file system, and under a name that is no key. */
export function pendingFolder(location: string): string {
  return join(location, ".pending");
}

/** Removes what writers left behind that were killed. Locks are for those who want to take them. */
export async function sweepPending(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith("lock-")) continue;
    const path = join(folder, name);
    if (hasEnded(name) ?? (await isForgotten(path))) await ignoring(["ENOENT"], unlink(path));
  }
}

async function isForgotten(path: string): Promise<boolean> {
  const status = await ignoring(["ENOENT"], stat(path));
  return status !== undefined && Date.now() - status.mtimeMs > forgottenAfterMs;
}

/** Makes a folder and those above it. Node's own way there tells a read-only file system as a missing folder. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await ignoring(["EEXIST"], mkdir(path));
  }
}
