import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openSqliteActivity } from "../../src/activity/sqlite-activity.ts";
import { packCatalog } from "../../src/catalog/catalog.ts";
import { Registry } from "../../src/registry/registry.ts";
import { registrySource } from "../../src/serving/registry-source.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { aisle } from "./aisle-process.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-changes-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("makes a catalogue of the live one and what was posted since", async () => {
  const registry = new Registry(new FolderStore(folder), () => new Date("2026-01-02T03:04:05Z"));
  const item = { title: "Mug", price: 5, available: true, attributes: {} };
  const base = await registry.publishCatalog(
    packCatalog([
      { ...item, itemId: "mug" },
      { ...item, itemId: "cup" },
    ]),
  );
  await registry.setCatalog("production", base, { who: "test", why: "test" });
  const activity = await openSqliteActivity(join(folder, "activity.sqlite"));
  await activity.putItems([
    { itemId: "mug", properties: { price: 9 } },
    { itemId: "cup", properties: { deleted: true } },
    { itemId: "jug", properties: { title: "Jug" } },
  ]);
  activity.close();
  const { code, stdout, stderr } = await aisle([
    "catalog",
    "push",
    "--from-changes",
    "--registry",
    folder,
    "--json",
  ]);
  expect([code, stderr]).toEqual([0, ""]);
  const { version, items, changes } = JSON.parse(stdout) as {
    version: string;
    items: number;
    changes: number;
  };
  expect([items, changes]).toEqual([2, 3]);
  expect((await registry.channel("production"))?.catalog).toBe(version);
  const catalog = await registrySource(registry, "production").loadCatalog(version);
  expect(catalog.item(catalog.ids.row("mug"))).toMatchObject({ title: "Mug", price: 9 });
  expect(catalog.item(catalog.ids.row("jug"))).toMatchObject({ title: "Jug", available: true });
  expect(catalog.ids.row("cup")).toBe(-1);
});
