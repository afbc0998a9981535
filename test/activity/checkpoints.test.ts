import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Checkpoints } from "../../src/activity/checkpoints.ts";
import { openSqliteActivity } from "../../src/activity/sqlite-activity.ts";
import { log } from "../../src/log.ts";

let folder: string;
let path: string;
let database: DatabaseSync;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aisle-checkpoints-"));
  path = join(folder, "activity.sqlite");
  database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t(a TEXT)");
});

afterEach(() => {
  if (database.isOpen) database.close();
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
});

const write = () => database.prepare("INSERT INTO t VALUES (?)").run("x".repeat(10_000));

describe("checkpoints", () => {
  it("move what was written into the file, after so many writes", async () => {
    const checkpoints = new Checkpoints(path, () => expect.fail("fell back"), 20);
    for (let count = 0; count < 19; count++) {
      write();
      checkpoints.wrote();
    }
    await checkpoints.settled();
    const before = statSync(path).size;
    write();
    checkpoints.wrote();
    await checkpoints.settled();
    expect(statSync(path).size).toBeGreaterThan(before + 19 * 10_000);
    checkpoints.end();
  });

  it("fall back to the writer's own where they cannot be made, and say so once", async () => {
    const warn = vi.spyOn(log, "warn").mockImplementation(() => {});
    const fallBack = vi.fn();
    const checkpoints = new Checkpoints(join(folder, "absent", "activity.sqlite"), fallBack, 1);
    for (let count = 0; count < 3; count++) {
      checkpoints.wrote();
      await checkpoints.settled();
    }
    expect(fallBack).toHaveBeenCalledOnce();
    expect(warn).toHaveBeenCalledOnce();
  });
});

it("a store that is closed leaves no log behind", async () => {
  database.close();
  const activity = await openSqliteActivity(path);
  await activity.putItems([{ itemId: "a", properties: { price: 1 } }]);
  activity.close();
  expect(existsSync(`${path}-wal`)).toBe(false);
});
