import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FolderStore } from "../../src/store/folder-store.ts";
import { openStore } from "../../src/store/open-store.ts";
import { ownMark } from "../../src/store/process-mark.ts";
import { StoreError } from "../../src/store/store.ts";
import { startScript } from "./start-script.ts";
import { describeStore } from "./store-suite.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "aisle-store-"));
});
afterAll(() => rm(root, { recursive: true }));

let made = 0;
const newFolder = (): string => join(root, String(made++), "registry");
const bytes = new TextEncoder().encode("bytes");

describeStore("a store in a folder", async () => {
  const folder = newFolder();
  return { store: new FolderStore(folder), again: () => new FolderStore(folder) };
});

describe("the folder of a store", () => {
  it("is not made by reading, and holds nothing but the keys after writing", async () => {
    const folder = newFolder();
    const store = new FolderStore(folder);
    expect(await store.get("a")).toBeUndefined();
    expect(await store.list("")).toEqual([]);
    await expect(readdir(folder)).rejects.toThrow("ENOENT");
    await store.put("a/b/c", bytes);
    await store.put("a/b/c", bytes, { ifMatch: (await store.get("a/b/c"))!.etag });
    await store.put("d", bytes, { ifNoneMatch: "*" });
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([
      ".pending",
      "a",
      "a/b",
      "a/b/c",
      "d",
    ]);
    await store.delete("a/b/c");
    expect((await readdir(folder)).sort()).toEqual([".pending", "d"]);
  });

  it("lists nothing that is no key", async () => {
    const folder = newFolder();
    const store = new FolderStore(folder);
    await store.put("a/b", bytes);
    await writeFile(join(folder, "a", ".DS_Store"), "");
    await writeFile(join(folder, "a", "b copy"), "");
    await writeFile(join(folder, "a", "b~"), "");
    expect(await store.list("")).toEqual(["a/b"]);
  });

  it("says what to do where a part of a key is a file", async () => {
    const store = new FolderStore(newFolder());
    await store.put("a", bytes);
    await expect(store.put("a/b", bytes)).rejects.toThrow(StoreError);
    await expect(store.put("a/b", bytes)).rejects.toThrow(/a\/b.*is a file, not a folder/);
  });

  it("is a place without a scheme", () => {
    expect(openStore("some/folder").location).toMatch(/some\/folder$/);
    expect(() => openStore("ftp://host/prefix")).toThrow(/ftp:\/\/host\/prefix.*folder/);
  });
});

describe("what killed writers leave", () => {
  it("is seen by nobody, blocks nobody and is swept by the next writer", async () => {
    const folder = newFolder();
    const store = new FolderStore(folder);
    const { etag } = await store.put("channels/c", bytes);
    const writer = startScript("stalled-put.ts", [folder, "models/v/model"]);
    await writer.message("half written");
    expect(await readdir(join(folder, ".pending"))).toHaveLength(1);
    await writer.kill();
    expect(await store.list("")).toEqual(["channels/c"]);
    expect(await store.get("models/v/model")).toBeUndefined();
    await store.put("channels/c", new Uint8Array(1), { ifMatch: etag });
    expect(await readdir(join(folder, ".pending"))).toEqual([]);
  });

  it("is left alone while its writer lives, or may live elsewhere, but not for ever", async () => {
    const folder = newFolder();
    const pending = join(folder, ".pending");
    await mkdir(pending, { recursive: true });
    const elsewhere = "0123456789ab-1-1-";
    for (const name of [`${ownMark}-mine`, `${elsewhere}new`, `${elsewhere}old`]) {
      await writeFile(join(pending, name), "");
    }
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    await utimes(join(pending, `${elsewhere}old`), twoDaysAgo, twoDaysAgo);
    await new FolderStore(folder).put("a", bytes);
    expect((await readdir(pending)).sort()).toEqual([`${elsewhere}new`, `${ownMark}-mine`].sort());
  });
});

describe("several processes", () => {
  it("lose none of each other's updates", async () => {
    const folder = newFolder();
    const store = new FolderStore(folder);
    await store.put("sum", new TextEncoder().encode("0"));
    const adders = [1, 2, 3].map(() => startScript("adder.ts", [folder, "sum", "20"]));
    await Promise.all(adders.map((adder) => adder.message("ready")));
    for (const adder of adders) adder.send("go");
    await Promise.all(adders.map((adder) => adder.message("done")));
    expect(new TextDecoder().decode((await store.get("sum"))?.bytes)).toBe("60");
  });
});
