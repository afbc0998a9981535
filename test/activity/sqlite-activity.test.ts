import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { openActivity } from "../../src/activity/open-activity.ts";
import { openSqliteActivity } from "../../src/activity/sqlite-activity.ts";
import { describeActivity, event, exposure, now } from "./activity-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-activity-"));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const fresh = () => join(folder, String(count++), "activity.sqlite");

describeActivity("a file of SQLite", async (clock) => {
  const path = fresh();
  const here = await openSqliteActivity(path, clock);
  const there = await openSqliteActivity(path, clock);
  return {
    here,
    there,
    close: () => {
      here.close();
      there.close();
    },
  };
});

describe("a file of SQLite, besides,", () => {
  it("holds no byte of an erased user once it is swept", async () => {
    const path = fresh();
    const store = await openSqliteActivity(path);
    const id = "somebody-to-forget";
    const others = Array.from({ length: 200 }, (_, at) =>
      event({ eventId: `e${at}`, userId: `u${at}`, sessionId: `s${at}` }),
    );
    await store.putEvents([event({ eventId: "before" }), ...others]);
    await store.putEvents([event({ eventId: "a", userId: id })]);
    await store.putUsers([{ userId: id, properties: { plan: "gold" } }]);
    await store.putExposure(exposure({ userId: id }));
    const holds = () =>
      readdirSync(join(path, "..")).some((name) => readFileSync(join(path, "..", name)).includes(id));
    expect(holds()).toBe(true);
    await store.eraseUser(id, "a key", now / 1000);
    await store.sweep(0);
    expect(holds()).toBe(false);
    expect((await store.read({ userId: "u7" })).events).toHaveLength(1);
    store.close();
  });

  it("drops what is older than a moment", async () => {
    const store = await openSqliteActivity(fresh());
    const time = now / 1000;
    await store.putEvents([
      event({ eventId: "old", userId: "u", time }),
      event({ eventId: "new", userId: "u", time: time + 9 }),
    ]);
    await store.putExposure(exposure({ userId: "u", time }));
    await store.sweep(time + 1);
    const { events, exposures } = await store.exportUser("u");
    expect(events.map(({ eventId }) => eventId)).toEqual(["new"]);
    expect(exposures).toEqual([]);
    store.close();
  });

  it("says which file cannot be used, and what kinds of store there are", async () => {
    const path = join(folder, "no-database");
    writeFileSync(path, "this is no database, but long enough to be looked at".repeat(40));
    await expect(openActivity(`sqlite:${path}`)).rejects.toThrow(`sqlite:${path}: file is not a database`);
    await expect(openActivity("redis:x")).rejects.toThrow("sqlite:PATH or dynamodb:TABLE");
    await expect(openActivity("sqlite:")).rejects.toThrow("sqlite:PATH or dynamodb:TABLE");
  });

  it("says so where this Node has no SQLite", async () => {
    vi.doMock("node:sqlite", () => {
      throw new Error("No such built-in module: node:sqlite");
    });
    await expect(openSqliteActivity(":memory:")).rejects.toThrow(
      /Node .* has no SQLite of its own; Node 24 does/,
    );
    vi.doUnmock("node:sqlite");
  });
});
