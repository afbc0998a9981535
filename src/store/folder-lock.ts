import { randomUUID } from "node:crypto";
import { link, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { hasEnded, ownMark } from "./process-mark.ts";
import { StoreError } from "./store.ts";

/** A lock whose process cannot be looked at from here counts as abandoned after this; work under it takes ms. */
const abandonedAfterMs = 30_000;

export interface LockOptions {
  /** for whom the lock is held, in messages */
  readonly purpose: string;
  readonly waitMsMax?: number;
}

/**
 * Runs `work` while nobody else holds `path`: a file that only one process can create. The lock of a process that
 * has ended is taken away, so that a killed writer blocks nobody. `work` can ask whether it still holds the lock:
 * one that slept for long on another host may have lost it.
 *
 * @throws StoreError where the holder does not let go in time
 */
export async function withLock<T>(
  path: string,
  { purpose, waitMsMax = 10_000 }: LockOptions,
  work: (isStillHeld: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const id = `${ownMark}-${randomUUID()}`;
  const begun = performance.now();
  while (!(await tryLock(path, id))) {
    const holder = await holderOf(path);
    if (holder === undefined) continue;
    if (await isAbandoned(path, holder)) await takeAway(path, holder, waitMsMax);
    else if (performance.now() - begun > waitMsMax) {
      throw new StoreError(
        `${purpose} has been locked by process ${holder} for more than ${waitMsMax / 1000} s: if nothing writes there, remove ${path}`,
      );
    } else await pause(2 + Math.random() * 8);
  }
  const isStillHeld = async () => (await holderOf(path)) === id;
  try {
    return await work(isStillHeld);
  } finally {
    if (await isStillHeld()) await unlink(path);
  }
}

/** The lock appears with its content or not at all: a written file is linked to the name. */
async function tryLock(path: string, id: string): Promise<boolean> {
  const aside = join(dirname(path), id);
  await writeFile(aside, id, { flag: "wx" });
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(aside);
  }
}

/** Who holds it, `undefined` where nobody does. */
async function holderOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(ifMissing(undefined));
}

async function isAbandoned(path: string, holder: string): Promise<boolean> {
  const ended = hasEnded(holder);
  if (ended !== undefined) return ended;
  const status = await stat(path).catch(ifMissing(undefined));
  return status !== undefined && Date.now() - status.mtimeMs > abandonedAfterMs;
}

/**
 * Removes the lock of a holder that has ended. Several may find it at once, and the slow ones must not remove the
 * lock of whoever came next: so a dead lock is itself removed under a lock, named by its holder.
 */
async function takeAway(path: string, holder: string, waitMsMax: number): Promise<void> {
  const name = /^[0-9a-f-]+$/.test(holder) ? holder : "unreadable";
  await withLock(`${path}.${name}`, { purpose: path, waitMsMax }, async () => {
    const present = await holderOf(path);
    if (present === holder && (await isAbandoned(path, present))) await unlink(path);
  });
}

function ifMissing<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return value;
    throw error;
  };
}
