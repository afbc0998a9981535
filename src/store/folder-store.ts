import { createHash, randomUUID } from "node:crypto";
import type { Dirent } from "node:fs";
import { link, mkdir, open, readdir, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { withLock } from "./folder-lock.ts";
import {
  ConflictError,
  checkKey,
  type PutCondition,
  type Store,
  type StoredObject,
  StoreError,
} from "./store.ts";

/** What is being written lies beside its place under a name that is no key, so that nobody lists or reads it. */
const asidePrefix = ".writing-";
const pieceBytes = 8 * 2 ** 20;

/** A store in a folder; the folder is made when something is first put. */
export class FolderStore implements Store {
  readonly location: string;

  constructor(folder: string) {
    this.location = resolve(folder);
  }

  describe(key: string): string {
    return this.#path(key);
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const bytes = await orMissing(readFile(this.#path(key)), `read ${this.describe(key)}`);
    return bytes && { bytes, etag: etagOf(bytes) };
  }

  async size(key: string): Promise<number | undefined> {
    return (await orMissing(stat(this.#path(key)), `look at ${this.describe(key)}`))?.size;
  }

  async readInto(key: string, target: Uint8Array, onFilled?: (byteCount: number) => void): Promise<void> {
    const file = await orMissing(open(this.#path(key)), `read ${this.describe(key)}`);
    if (!file) throw new StoreError(`${this.describe(key)} is not there`);
    try {
      const { size } = await file.stat();
      if (size !== target.length) throw wrongSize(this.describe(key), size, target.length);
      for (let filled = 0; filled < target.length; ) {
        const { bytesRead } = await file.read(
          target,
          filled,
          Math.min(pieceBytes, target.length - filled),
          filled,
        );
        if (bytesRead === 0) throw wrongSize(this.describe(key), filled, target.length);
        filled += bytesRead;
        onFilled?.(filled);
      }
    } finally {
      await file.close();
    }
  }

  async put(key: string, bytes: Uint8Array, condition?: PutCondition): Promise<{ etag: string }> {
    const path = this.#path(key);
    return explained(`write ${path}`, async () => {
      await mkdir(dirname(path), { recursive: true });
      const aside = join(dirname(path), `${asidePrefix}${randomUUID()}`);
      try {
        await writeThrough(aside, bytes);
        await this.#place(aside, key, condition);
      } finally {
        await unlink(aside).catch(() => {});
      }
      return { etag: etagOf(bytes) };
    });
  }

  async list(prefix: string): Promise<string[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    const keys = await explained(`list ${join(this.location, folder)}`, () => this.#keysUnder(folder));
    return keys.filter((key) => key.startsWith(prefix)).sort();
  }

  async delete(key: string): Promise<void> {
    await orMissing(unlink(this.#path(key)), `delete ${this.describe(key)}`);
  }

  /** Moves a finished file to its name: a link fails where the name is taken, a rename replaces what is there. */
  async #place(aside: string, key: string, condition: PutCondition | undefined): Promise<void> {
    const path = this.#path(key);
    if (condition === undefined) return rename(aside, path);
    if ("ifNoneMatch" in condition) {
      await link(aside, path).catch((error: NodeJS.ErrnoException) => {
        throw error.code === "EEXIST"
          ? new ConflictError(`${path} exists already and is never changed`)
          : error;
      });
      return;
    }
    await withLock(join(dirname(path), `.lock-${key.slice(key.lastIndexOf("/") + 1)}`), async () => {
      const current = await this.get(key);
      if (current?.etag !== condition.ifMatch) {
        throw new ConflictError(`${path} was ${current ? "changed" : "removed"} by somebody else meanwhile`);
      }
      await rename(aside, path);
    });
  }

  async #keysUnder(folder: string): Promise<string[]> {
    const entries = await readdir(join(this.location, folder), { withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException): Dirent[] => {
        if (error.code === "ENOENT") return [];
        throw error;
      },
    );
    const found = entries
      .filter(({ name }) => !name.startsWith("."))
      .map(async (entry) =>
        entry.isDirectory() ? this.#keysUnder(`${folder}${entry.name}/`) : [`${folder}${entry.name}`],
      );
    return (await Promise.all(found)).flat();
  }

  #path(key: string): string {
    checkKey(key);
    return join(this.location, key);
  }
}

/** On the disk before anybody can see it under its name. */
async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    for (let from = 0; from < bytes.length; from += pieceBytes) {
      await file.writeFile(bytes.subarray(from, from + pieceBytes));
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

function etagOf(bytes: Uint8Array): string {
  return `"${createHash("sha256").update(bytes).digest("hex")}"`;
}

function wrongSize(where: string, found: number, expected: number): StoreError {
  return new StoreError(
    `${where} has ${found} bytes where ${expected} were expected: it is damaged or half copied`,
  );
}

async function orMissing<T>(work: Promise<T>, what: string): Promise<T | undefined> {
  return explained(what, () =>
    work.catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw error;
    }),
  );
}

const mends: Readonly<Record<string, string>> = {
  EACCES: "this user may not: change the folder's owner or mode",
  EPERM: "this user may not: change the folder's owner or mode",
  EROFS: "the file system is read-only: name another folder",
  ENOSPC: "the disk is full: make room, then run it again",
  EDQUOT: "the quota is used up: make room, then run it again",
  ENOTDIR: "a part of the path is a file, not a folder",
  EISDIR: "it is a folder, not a file",
};

async function explained<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined || cause instanceof StoreError) throw cause;
    throw new StoreError(`could not ${what} (${code}): ${mends[code] ?? (cause as Error).message}`, {
      cause,
    });
  }
}
