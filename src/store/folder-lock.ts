import { randomUUID } from "node:crypto";
import { link, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { StoreError } from "./store.ts";

/** A lock of another host, or one that cannot be read, counts as abandoned after this. */
const abandonedAfterMs = 30_000;
const waitMsMax = 10_000;

/**
 * Runs `work` while nobody else holds `path`: a file that only one process can create. The lock of a process that
 * has died is taken over, so that a killed writer blocks nobody.
 *
 * @throws StoreError where the holder does not let go in time
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mark = JSON.stringify({ host: hostname(), pid: process.pid, id: randomUUID() });
  const begun = performance.now();
  while (!(await tryLock(path, mark))) {
    if (await isAbandoned(path)) await takeAway(path);
    else if (performance.now() - begun > waitMsMax) {
      throw new StoreError(
        `${path} has been held for ${waitMsMax / 1000} s by ${await holder(path)}: remove it if nothing writes there`,
      );
    } else await pause(5 + Math.random() * 10);
  }
  try {
    return await work();
  } finally {
    await unlink(path).catch(() => {});
  }
}

/** The lock appears with its content or not at all: a written file is linked to the name. */
async function tryLock(path: string, mark: string): Promise<boolean> {
  const aside = `${path}.${randomUUID()}`;
  const file = await open(aside, "wx");
  try {
    await file.writeFile(mark);
    await file.close();
    await link(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(aside).catch(() => {});
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    const { host, pid } = JSON.parse(await readFile(path, "utf8")) as { host: string; pid: number };
    if (host === hostname()) return !isAlive(pid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
  }
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > abandonedAfterMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Renamed before it is removed: of two who find the same dead lock, one takes it away and the other finds none. */
async function takeAway(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if (await isAbandoned(aside)) await unlink(aside);
    // A live lock slipped in between the look and the rename: it goes back.
    else await rename(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

async function holder(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "somebody");
}
