import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FolderStore } from "../../src/store/folder-store.ts";
import { StoreError } from "../../src/store/store.ts";

/** The disk fails with this code where something is written or a folder made; `undefined`: it works. */
const disk = vi.hoisted(() => ({ failing: undefined as string | undefined }));

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:fs/promises")>();
  const failing = () => {
    if (disk.failing) throw Object.assign(new Error(`${disk.failing}: failed`), { code: disk.failing });
  };
  return {
    ...real,
    open: async (path: string, flags?: string) => {
      const file = await real.open(path, flags);
      const writeFile = file.writeFile.bind(file);
      // Half of the bytes still fit.
      file.writeFile = async (data) => {
        await writeFile((data as Uint8Array).subarray(0, 2));
        failing();
        await writeFile((data as Uint8Array).subarray(2));
      };
      return file;
    },
  };
});

let folder: string;
let store: FolderStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-disk-"));
  store = new FolderStore(folder);
  disk.failing = undefined;
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = new TextEncoder().encode("bytes");

describe("a disk that fails", () => {
  it.each([
    ["ENOSPC", "the disk is full: make room"],
    ["EDQUOT", "the quota is used up"],
    ["EROFS", "read-only: name another folder"],
    ["EACCES", "change the folder's owner or mode"],
    ["EIO", "EIO: failed"],
  ])("with %s is told by file and remedy, and nothing half-written stays", async (code, remedy) => {
    const { etag } = await store.put("channels/c", bytes);
    disk.failing = code;
    for (const put of [
      () => store.put("models/v", bytes, { ifNoneMatch: "*" }),
      () => store.put("channels/c", new Uint8Array(9), { ifMatch: etag }),
    ]) {
      await expect(put()).rejects.toThrow(StoreError);
      await expect(put()).rejects.toThrow(new RegExp(`write ${folder}.*\\(${code}\\).*${remedy}`));
    }
    disk.failing = undefined;
    expect(await readdir(join(folder, ".pending"))).toEqual([]);
    expect(await store.list("")).toEqual(["channels/c"]);
    expect((await store.get("channels/c"))?.etag).toBe(etag);
  });
});
