import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { ActivityStore } from "../../src/activity/activity-store.ts";
import { openSqliteActivity } from "../../src/activity/sqlite-activity.ts";
import { Erasures } from "../../src/registry/erasures.ts";
import { Serving } from "../../src/serving/serving.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { type MemorySource, smallSource } from "./small-shop.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-stored-"));
const opened: ActivityStore[] = [];
afterAll(() => {
  for (const store of opened) store.close();
  rmSync(folder, { recursive: true });
});
let count = 0;

export interface Stored {
  readonly serving: Serving;
  readonly activity: ActivityStore;
  readonly source: MemorySource & { erasures: Erasures };
  readonly registry: FolderStore;
  readonly path: string;
}

/** The small shop with a store of activity and a ledger of erasures; `beside` is another server of the same shop. */
export async function storedServing(
  beside?: Stored,
  now: () => number = Date.now,
  shop: () => MemorySource = smallSource,
): Promise<Stored> {
  const path = beside?.path ?? join(folder, String(count++));
  const activity = await openSqliteActivity(join(path, "activity.sqlite"), now);
  opened.push(activity);
  const registry = new FolderStore(join(path, "registry"));
  const source = Object.assign(shop(), { erasures: new Erasures(registry) });
  await source.erasures.refresh();
  return { serving: await Serving.start({ source, activity, now }), activity, source, registry, path };
}
