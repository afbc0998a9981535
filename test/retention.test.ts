import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { openSqliteActivity } from "../src/activity/sqlite-activity.ts";
import { EventLogBuilder } from "../src/interactions/event-log.ts";
import { layOutModel } from "../src/model/layout.ts";
import { Erasures } from "../src/registry/erasures.ts";
import { Registry } from "../src/registry/registry.ts";
import { redactModels, rewriteArchive } from "../src/retention.ts";
import { registrySource } from "../src/serving/registry-source.ts";
import { Serving } from "../src/serving/serving.ts";
import { FolderStore } from "../src/store/folder-store.ts";
import { smallContents, smallLog } from "./model/small-shop.ts";
import { personalModel } from "./serving/small-shop.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-retention-"));
afterAll(() => rmSync(folder, { recursive: true }));
const id = "somebody to forget";

function filesUnder(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Files, gzipped ones unpacked, that hold the id anywhere. */
function holding(path: string): string[] {
  return filesUnder(path).filter((file) => {
    const bytes = readFileSync(file);
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).includes(id);
  });
}

/** The small shop with one user more. */
async function modelBytes(): Promise<Uint8Array> {
  const log = smallLog();
  const builder = new EventLogBuilder();
  for (let row = 0; row < log.length; row++) {
    const userId = log.users.id(log.user[row]);
    builder.add({
      userId: userId === "user 7" ? id : userId,
      itemId: log.items.id(log.item[row]),
      eventType: log.eventTypes[log.type[row]],
      time: log.time[row],
      value: log.value[row],
    });
  }
  return layOutModel(await smallContents({ log: builder.build() })).fileBytes;
}

async function publish(registry: Registry, bytes: Uint8Array) {
  const { rank, userCount, itemCount } = await personalModel();
  return registry.publish(bytes, {
    ...{ program: "test", rank, userCount, itemCount, recipe: {}, seed: 1, fits: [], baselines: {} },
    data: { source: "test", eventCount: 900, digest: "d", split: "none" },
    golden: [{ userId: id, items: ["ítem 1"] }, { items: ["ítem 2"] }],
  });
}

describe("after an erasure and the retention run", () => {
  it("no stored byte holds the id, models serve on, and others' answers stay as they were", async () => {
    const registry = new Registry(new FolderStore(join(folder, "registry")));
    const bytes = await modelBytes();
    const older = await publish(registry, bytes);
    const live = await publish(registry, bytes);
    const change = { who: "test", why: "test" };
    await registry.promote("production", { model: older.version }, change, undefined);
    await registry.promote(
      "production",
      { model: live.version },
      change,
      (await registry.channel("production"))?.etag,
    );
    const activity = await openSqliteActivity(join(folder, "registry", "activity.sqlite"));
    const serving = await Serving.start({ source: registrySource(registry, "production"), activity });
    const time = Date.now() / 1000;
    const event = { sessionId: "s1", eventType: "View", itemId: "ítem 3", time };
    await activity.putEvents([
      { ...event, eventId: "e1" },
      { ...event, eventId: "e2", userId: id },
    ]);
    const archive = new FolderStore(join(folder, "archive"));
    const line = (more: object) => `${JSON.stringify({ session_id: "s2", timestamp: time, ...more })}\n`;
    const lines =
      line({ user_id: id, session_id: "s1" }) + line({ session_id: "s1" }) + line({ user_id: "user 2" });
    await archive.put("events/day=2026-01-02/a.jsonl.gz", gzipSync(lines));
    await archive.put("events/day=2026-01-02/b.jsonl.gz", gzipSync(line({ user_id: id })));
    const others = serving.answer({ userId: "user 2" });
    expect(serving.answer({ userId: id }).source).toBe("als");
    expect(holding(folder).length).toBeGreaterThanOrEqual(7);

    await serving.eraseUser(id);
    expect(serving.answer({ userId: id }).source).toBe("popular");
    const erasures = new Erasures(registry.store);
    const redacted = await redactModels(registry, erasures);
    expect(redacted).toEqual([older, live].map(({ version }) => ({ version, users: 1 })));
    expect(await rewriteArchive(archive, erasures)).toHaveLength(2);
    await activity.sweep(0);
    expect(holding(folder)).toEqual([]);
    const left = gunzipSync((await archive.get("events/day=2026-01-02/a.jsonl.gz"))!.bytes).toString();
    expect(left).toBe(line({ user_id: "user 2" }));

    await registry.rollback("production", change);
    const anew = await Serving.start({ source: registrySource(registry, "production") });
    expect(anew.failure).toBeUndefined();
    expect(anew.snapshot?.parts.version).toBe(older.version);
    expect(anew.answer({ userId: "user 2" }).items).toEqual(others.items);
    expect(anew.answer({ userId: id }).source).toBe("popular");
    expect((await registry.manifest(live.version)).golden).toEqual([{ items: ["ítem 2"] }]);
    // A second run finds nothing more to do.
    expect(await redactModels(registry, erasures)).toEqual([]);
    expect(await rewriteArchive(archive, erasures)).toEqual([]);
    activity.close();
  });

  it("says which file of the archive it cannot understand", async () => {
    const store = new FolderStore(join(folder, "broken"));
    const erasures = new Erasures(store);
    await erasures.add(id);
    await store.put("events/day=2026-01-02/a.jsonl", new TextEncoder().encode("no JSON\n"));
    await expect(rewriteArchive(store, erasures)).rejects.toThrow(/a\.jsonl: line 1 is not JSON/);
  });
});
