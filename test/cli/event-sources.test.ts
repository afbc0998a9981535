import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { openSqliteActivity } from "../../src/activity/sqlite-activity.ts";
import { readSources, withoutErased } from "../../src/cli/event-sources.ts";
import type { EventLog } from "../../src/interactions/event-log.ts";
import { Erasures } from "../../src/registry/erasures.ts";
import { Registry } from "../../src/registry/registry.ts";
import { FolderStore } from "../../src/store/folder-store.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-sources-"));
afterAll(() => rmSync(folder, { recursive: true }));

function rowsOf(log: EventLog): string[] {
  return Array.from({ length: log.length }, (_, row) =>
    [
      log.users.id(log.user[row]),
      log.eventTypes[log.type[row]],
      log.items.id(log.item[row]),
      log.time[row],
    ].join(" "),
  ).sort();
}

async function storeWith(name: string): Promise<string> {
  const path = join(folder, name);
  const store = await openSqliteActivity(path);
  const event = { sessionId: "s1", eventType: "View", itemId: "mug", time: 2000 };
  await store.putEvents([
    { ...event, eventId: "a" },
    { ...event, eventId: "b", userId: "u", itemId: "cup", eventType: "Purchase", value: 5 },
    { ...event, eventId: "c", userId: "u", itemId: "jug", eventType: "hide" },
    { ...event, eventId: "d", userId: "u", itemId: undefined },
    { ...event, eventId: "e", sessionId: "nobody's" },
  ]);
  store.close();
  return `sqlite:${path}`;
}

describe("events for training", () => {
  it("come from files and a store of activity together", async () => {
    const file = join(folder, "events.csv");
    writeFileSync(file, "user_id,item_id,event_type,timestamp\nv,mug,view,1000\n");
    const { log, rowCount } = await readSources([file, await storeWith("a.sqlite")], {});
    expect(rowsOf(log)).toEqual(["u Purchase cup 2000", "u view mug 2000", "v view mug 1000"]);
    expect(rowCount).toBe(3);
    expect(log.hasTime).toBe(true);
  });

  it("come from a store alone", async () => {
    const { log } = await readSources([await storeWith("b.sqlite")], {});
    expect(rowsOf(log)).toEqual(["u Purchase cup 2000", "u View mug 2000"]);
  });

  it("come from an archive, whose exposures and sessions are no bad rows", async () => {
    const archive = join(folder, "events", "day=2026-01-02");
    const store = new FolderStore(join(folder));
    const line = (more: object) => `${JSON.stringify({ session_id: "s1", timestamp: 3000, ...more })}\n`;
    const exposure = line({ aisle_record: "exposure", recommendation_id: "r1", user_id: "u", rows: [] });
    const view = { event_type: "View", item_id: "mug" };
    await store.put("events/day=2026-01-02/a.jsonl.gz", gzipSync(exposure.repeat(3)));
    const session = line({ aisle_record: "session-event", ...view });
    const event = line({ aisle_record: "event", user_id: "u", ...view });
    await store.put("events/day=2026-01-02/b.jsonl.gz", gzipSync(exposure + session + event));
    const { log, bad, rowCount } = await readSources([archive], {});
    expect(rowsOf(log)).toEqual(["u View mug 3000"]);
    expect([bad.count, rowCount]).toEqual([0, 1]);
  });

  it("stop at a type without a weight, wherever it comes from", async () => {
    const path = join(folder, "share.sqlite");
    const store = await openSqliteActivity(path);
    const event = { sessionId: "s1", userId: "u", itemId: "mug", time: 1 };
    await store.putEvents([
      { ...event, eventId: "a", eventType: "View" },
      { ...event, eventId: "b", eventType: "Share" },
    ]);
    store.close();
    await expect(readSources([`sqlite:${path}`], {})).rejects.toThrow(
      /no weight is known for the event type "Share"/,
    );
    const { log } = await readSources([`sqlite:${path}`], { weights: { View: 1, Share: 3 } });
    expect(log.length).toBe(2);
  });

  it("leave out what was erased, id and all, and keep what came after", async () => {
    const registry = new Registry(new FolderStore(join(folder, "registry")));
    const file = join(folder, "erased.csv");
    const later = Math.ceil(Date.now() / 1000) + 60;
    const rows = [
      `u,mug,View,1000`,
      `u,cup,View,1`,
      `v,mug,View,1000`,
      `w,mug,View,1000`,
      `w,jug,View,${later}`,
    ];
    writeFileSync(file, `user_id,item_id,event_type,timestamp\n${rows.join("\n")}\n`);
    const { log } = await readSources([file], {});
    expect(await withoutErased(log, registry)).toBe(log);
    const erasures = new Erasures(registry.store);
    for (const userId of ["u", "w", "never seen"]) await erasures.add(userId);
    const left = await withoutErased(log, registry);
    expect(rowsOf(left)).toEqual(["v View mug 1000", `w View jug ${later}`]);
    expect(left.users.row("u")).toBe(-1);
  });
});
