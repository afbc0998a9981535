import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withLock } from "../../src/store/folder-lock.ts";
import { hasEnded, ownMark } from "../../src/store/process-mark.ts";
import { StoreError } from "../../src/store/store.ts";
import { startScript } from "./start-script.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-lock-"));
  path = join(folder, "lock");
});
afterEach(() => rm(folder, { recursive: true }));

const purpose = "channels/production.json";

/** Runs many at once under the lock; gives how many were inside together at most. */
async function crowd(size: number): Promise<number> {
  let inside = 0;
  let insideMax = 0;
  const enter = () =>
    withLock(path, { purpose }, async () => {
      insideMax = Math.max(insideMax, ++inside);
      await new Promise(setImmediate);
      inside--;
    });
  await Promise.all(Array.from({ length: size }, enter));
  return insideMax;
}

describe("a lock", () => {
  it("lets one in at a time and leaves nothing behind", async () => {
    expect(await crowd(20)).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it("is let go when the work fails", async () => {
    const work = withLock(path, { purpose }, () => Promise.reject(new Error("work failed")));
    await expect(work).rejects.toThrow("work failed");
    expect(await readdir(folder)).toEqual([]);
  });

  it("of a living process is waited for, and then says who holds it and what to remove", async () => {
    const holder = startScript("lock-holder.ts", [path]);
    await holder.message("held");
    const second = withLock(path, { purpose, waitMsMax: 30 }, async () => "in");
    await expect(second).rejects.toThrow(StoreError);
    await expect(second).rejects.toThrow(
      /^channels\/production\.json has been locked.*process .*remove .*lock$/,
    );
    await holder.kill();
  });

  it("of a killed process is taken away at once, by one of many", async () => {
    const holder = startScript("lock-holder.ts", [path]);
    await holder.message("held");
    await holder.kill();
    expect(await readdir(folder)).toEqual(["lock"]);
    const begun = performance.now();
    expect(await crowd(20)).toBe(1);
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(await readdir(folder)).toEqual([]);
  });

  it.runIf(process.platform === "linux")(
    "of a process whose number was used again is taken away",
    async () => {
      const [place, pid, start] = ownMark.split("-");
      await writeFile(path, `${place}-${pid}-${Number(start) - 1}-0000`);
      expect(await crowd(5)).toBe(1);
    },
  );

  it("taken away by a process that was killed meanwhile blocks nobody either", async () => {
    const [place] = ownMark.split("-");
    const dead = `${place}-99999999-1-aaaa`;
    await writeFile(path, dead);
    await writeFile(`${path}.${dead}`, `${place}-99999998-1-bbbb`);
    expect(await crowd(10)).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ["of another host", "0123456789ab-1-1-cccc"],
    ["that nobody can read", ""],
  ])("%s is taken away only when it is old", async (_, content) => {
    await writeFile(path, content);
    const early = withLock(path, { purpose, waitMsMax: 20 }, async () => "in");
    await expect(early).rejects.toThrow("has been locked");
    const aMinuteAgo = Date.now() / 1000 - 60;
    await utimes(path, aMinuteAgo, aMinuteAgo);
    expect(await crowd(10)).toBe(1);
  });

  it("tells its holder when it was lost, and is not removed by who lost it", async () => {
    await withLock(path, { purpose }, async (isStillHeld) => {
      expect(await isStillHeld()).toBe(true);
      await writeFile(path, "0123456789ab-1-1-dddd");
      expect(await isStillHeld()).toBe(false);
    });
    expect(await readdir(folder)).toEqual(["lock"]);
  });
});

describe("the mark of a process", () => {
  it("tells the living, the dead and the unknown apart", async () => {
    expect(hasEnded(ownMark)).toBe(false);
    expect(hasEnded(`${ownMark}-and-more`)).toBe(false);
    expect(hasEnded(ownMark.replace(/-\d+-/, "-99999999-"))).toBe(true);
    expect(hasEnded(`0123456789ab-${process.pid}-1`)).toBeUndefined();
    expect(hasEnded("anything else")).toBeUndefined();
  });
});
