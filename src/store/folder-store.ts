import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, link, open, readFile, rename, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { explained, ignoring, orMissing } from "./file-errors.ts";
import { keysUnder } from "./folder-list.ts";
import { withLock } from "./folder-lock.ts";
import { makeFolder, pendingFolder, sweepPending } from "./pending.ts";
import { ownMark } from "./process-mark.ts";
import {
  ConflictError,
  checkKey,
  checkPrefix,
  MissingKeyError,
  type PutCondition,
  type Store,
  type StoredObject,
  StoreError,
} from "./store.ts";

const pieceBytes = 8 * 2 ** 20;

/**
 * A store in a folder, made when something is first put. Bytes are written aside, brought to the disk and only then
 * moved to their name, so that a writer killed at any moment leaves the old bytes or the new ones. A name that must
 * be free is taken by a link, which fails if it is not; a name that may be taken is replaced under a lock.
 */
export class FolderStore implements Store {
  readonly location: string;

  constructor(folder: string) {
    this.location = resolve(folder);
  }

  describe(key: string): string {
    return this.#path(key);
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const bytes = await orMissing(`read ${this.describe(key)}`, () => readFile(this.#path(key)));
    return bytes && { bytes, etag: etagOf(bytes) };
  }

  async size(key: string): Promise<number | undefined> {
    const status = await orMissing(`look at ${this.describe(key)}`, () => stat(this.#path(key)));
    return status?.isFile() ? status.size : undefined;
  }

  async readInto(key: string, target: Uint8Array, onFilled?: (byteCount: number) => void): Promise<void> {
    const path = this.#path(key);
    const missing = () => new MissingKeyError(`${path} is not there`);
    const file = await orMissing(`read ${path}`, () => open(path));
    if (!file) throw missing();
    try {
      const status = await file.stat();
      if (!status.isFile()) throw missing();
      if (status.size !== target.length) throw wrongSize(path, status.size, target.length);
      await explained(`read ${path}`, () => fill(target, file, path, onFilled));
    } finally {
      await file.close();
    }
  }

  async put(key: string, bytes: Uint8Array, condition?: PutCondition): Promise<{ etag: string }> {
    const path = this.#path(key);
    return explained(`write ${path}`, async () => {
      const pending = pendingFolder(this.location);
      await makeFolder(pending);
      await sweepPending(pending);
      const aside = join(pending, `${ownMark}-${randomUUID()}`);
      try {
        await writeThrough(aside, bytes);
        await this.#place(aside, key, condition);
      } finally {
        await ignoring(["ENOENT"], unlink(aside));
      }
      return { etag: etagOf(bytes) };
    });
  }

  async list(prefix: string): Promise<string[]> {
    checkPrefix(prefix);
    const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    const keys = await keysUnder(this.location, folder);
    return keys.filter((key) => key.startsWith(prefix)).sort();
  }

  async delete(key: string): Promise<void> {
    if ((await this.size(key)) === undefined) return;
    await explained(`delete ${this.describe(key)}`, async () => {
      await this.#locked(key, () => ignoring(["ENOENT"], unlink(this.#path(key))));
      await this.#removeEmptyFolders(dirname(this.#path(key)));
    });
  }

  async #place(aside: string, key: string, condition: PutCondition | undefined): Promise<void> {
    const path = this.#path(key);
    if (condition !== undefined && "ifNoneMatch" in condition) {
      await this.#inItsFolder(path, () => link(aside, path)).catch((error: NodeJS.ErrnoException) => {
        throw error.code === "EEXIST"
          ? new ConflictError(`${path} exists already and is never changed`)
          : error;
      });
      return;
    }
    await this.#locked(key, async (isStillHeld) => {
      const current = condition && (await this.get(key));
      if (condition && current?.etag !== condition.ifMatch) {
        throw new ConflictError(`${path} was ${current ? "changed" : "removed"} by somebody else meanwhile`);
      }
      if (!(await isStillHeld()))
        throw new ConflictError(`${path}: this process slept too long to change it`);
      await this.#inItsFolder(path, () => rename(aside, path));
    });
  }

  /** All that changes a key but its first appearance happens under the key's lock. */
  async #locked(key: string, work: (isStillHeld: () => Promise<boolean>) => Promise<void>): Promise<void> {
    const pending = pendingFolder(this.location);
    await makeFolder(pending);
    const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
    await withLock(join(pending, `lock-${name}`), { purpose: this.describe(key) }, work);
  }

  /** Makes the folder of `path`, moves something there and brings the names to the disk too. */
  async #inItsFolder(path: string, move: () => Promise<void>): Promise<void> {
    const folder = dirname(path);
    for (let attempt = 1; ; attempt++) {
      try {
        await makeFolder(folder);
        await move();
        break;
      } catch (error) {
        // Whoever deletes the last key of a folder removes the folder: it may have gone again.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT" || attempt === 5) throw error;
      }
    }
    for (let at = folder; ; at = dirname(at)) {
      await syncNames(at);
      if (at === this.location || at === dirname(at)) return;
    }
  }

  /** A store of keys has no empty folders. */
  async #removeEmptyFolders(folder: string): Promise<void> {
    if (folder === this.location) return;
    const taken = await rmdir(folder).then(
      () => false,
      (error: NodeJS.ErrnoException) => {
        if (["ENOTEMPTY", "EEXIST", "ENOENT"].includes(error.code ?? "")) return true;
        throw error;
      },
    );
    if (!taken) await this.#removeEmptyFolders(dirname(folder));
  }

  #path(key: string): string {
    checkKey(key);
    return join(this.location, key);
  }
}

/** In pieces, since one read stops at 2 GiB; while a piece is looked at, the next one is on its way. */
async function fill(
  target: Uint8Array,
  file: FileHandle,
  path: string,
  onFilled?: (byteCount: number) => void,
): Promise<void> {
  const piece = (from: number) =>
    file.read(target, from, Math.min(pieceBytes, target.length - from), from).then(
      ({ bytesRead }) => ({ bytesRead }),
      (error: unknown) => ({ error }),
    );
  let ahead = piece(0);
  for (let filled = 0; filled < target.length; ) {
    const read = await ahead;
    if ("error" in read) throw read.error;
    if (read.bytesRead === 0) throw wrongSize(path, filled, target.length);
    filled += read.bytesRead;
    ahead = piece(filled);
    try {
      onFilled?.(filled);
    } catch (error) {
      // Nothing may still write into memory that the caller is about to drop.
      await ahead;
      throw error;
    }
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

/** A name that was linked or renamed survives a power cut only if its folder is brought to the disk as well. */
async function syncNames(folder: string): Promise<void> {
  // Windows opens no folders, and some file systems sync none: there it is left to them.
  const names = await ignoring(["EISDIR", "EPERM", "EACCES"], open(folder));
  if (!names) return;
  try {
    await ignoring(["EINVAL", "ENOTSUP", "EPERM", "EISDIR"], names.sync());
  } finally {
    await names.close();
  }
}

/** In pieces, since a hash takes at most 2 GiB at once. */
function etagOf(bytes: Uint8Array): string {
  const hash = createHash("sha256");
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    hash.update(bytes.subarray(from, from + pieceBytes));
  }
  return `"${hash.digest("hex")}"`;
}

function wrongSize(where: string, found: number, expected: number): StoreError {
  return new StoreError(
    `${where} has ${found} bytes where ${expected} were expected: it is damaged or half copied`,
  );
}
