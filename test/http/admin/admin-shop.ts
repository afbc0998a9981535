import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActivityStore } from "../../../src/activity/activity-store.ts";
import { openSqliteActivity } from "../../../src/activity/sqlite-activity.ts";
import type { Desk } from "../../../src/admin/desk.ts";
import { packCatalog } from "../../../src/catalog/catalog.ts";
import type { AdminHost } from "../../../src/http/admin/admin-host.ts";
import { createAdminApp } from "../../../src/http/admin/app.ts";
import type { App } from "../../../src/http/host.ts";
import { log } from "../../../src/log.ts";
import { layOutModel, type ModelContents } from "../../../src/model/layout.ts";
import { openModel } from "../../../src/model/model.ts";
import { goldenRequests } from "../../../src/promotion.ts";
import type { TestRecord } from "../../../src/registry/manifest.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { registrySource } from "../../../src/serving/registry-source.ts";
import { Serving } from "../../../src/serving/serving.ts";
import { FolderStore } from "../../../src/store/folder-store.ts";
import { defaultRecipe } from "../../../src/training/defaults.ts";
import { recipeToJson } from "../../../src/training/grid.ts";
import { endTime, smallContents } from "../../model/small-shop.ts";
import { shopItems } from "../../serving/small-shop.ts";
import { keys } from "../small-app.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-admin-"));
const opened: ActivityStore[] = [];
// Several files share what is loaded: what is written once lasts until all of them have ended.
process.once("exit", () => {
  for (const store of opened) store.close();
  rmSync(folder, { recursive: true, force: true });
});
// Every swap is told, and here they are many.
log.hush();
let count = 0;

export const startKey = "the-key-of-this-start";
/** A Wednesday, on which the first model is a day old. */
export const now = Date.UTC(2026, 0, 7, 12);
const day = 86_400_000;

export interface AdminShop {
  readonly app: App;
  readonly desk: Desk;
  readonly registry: Registry;
  readonly activity: ActivityStore;
  /** what is live: beats bestsellers */
  readonly first: string;
  /** better still, on the same cut */
  readonly better: string;
  /** found less than the first one */
  readonly worse: string;
}

/** By how much each of 300 users' lists is better than bestsellers'; every tenth finds nothing either way. */
function record(lead: number): TestRecord {
  const popularity = Array.from({ length: 300 }, (_, user) => (user % 10 === 0 ? 0 : 0.3 + (user % 7) / 100));
  const model = popularity.map((value, user) => (value === 0 ? 0 : value * (1 + lead) + (user % 5) / 1000));
  return { cut: "one cut", metric: "ndcg@10 on new items", model, popularity };
}

type Versions = Pick<AdminShop, "first" | "better" | "worse">;
let laidOut: Promise<Versions> | undefined;
const pattern = join(folder, "pattern");

/** What every shop here begins as, written once. */
async function layOutRegistry(): Promise<Versions> {
  let clock = now - day;
  const registry = new Registry(new FolderStore(pattern), () => new Date(clock));
  const contents = await smallContents();
  const publish = async (lead: number, factors: number) => {
    clock += 1000;
    return (await publishModel(registry, contents, { lead, factors })).version;
  };
  const first = await publish(0.12, 8);
  await registry.promote("production", { model: first }, { who: "anna", why: "the first" }, undefined);
  const catalog = await registry.publishCatalog(packCatalog(shopItems));
  await registry.setCatalog("production", catalog, { who: "anna", why: "spring" });
  return { first, worse: await publish(0.04, 16), better: await publish(0.2, 32) };
}

/** The small shop in a registry of its own, with three models, and what serves beside it. */
export async function adminShop(changes: Partial<AdminHost> = {}): Promise<AdminShop> {
  laidOut ??= layOutRegistry();
  const versions = await laidOut;
  const path = join(folder, String(count++));
  cpSync(pattern, join(path, "registry"), { recursive: true });
  const registry = new Registry(new FolderStore(join(path, "registry")), () => new Date(now));
  const activity = await openSqliteActivity(join(path, "activity.sqlite"), () => now);
  opened.push(activity);
  const source = registrySource(registry, "production");
  const serving = await Serving.start({ source, activity, now: () => now });
  const desk: Desk = { registry, channel: "production", serving, now: () => now };
  const start = { key: startKey, who: "root", isLocal: (env: unknown) => env === "local" };
  const app = createAdminApp({ desk, keys, startKey: start, now: () => now, ...changes });
  return { app, desk, registry, activity, ...versions };
}

async function publishModel(
  registry: Registry,
  contents: ModelContents,
  { lead, factors }: { readonly lead: number; readonly factors: number },
) {
  const buffer = layOutModel(contents);
  const model = openModel(buffer, "small");
  const recipe = { ...defaultRecipe, als: { ...defaultRecipe.als, factors } };
  return registry.publish(
    buffer.fileBytes,
    {
      ...{
        program: "0.1.0",
        rank: model.rank,
        userCount: model.userCount,
        itemCount: model.itemCount,
        seed: 1,
      },
      recipe: recipeToJson(recipe),
      data: { source: "events.csv", eventCount: 900, digest: "abc", split: "the last tenth by time" },
      fits: [{ name: "served", digest: "abc", eventCount: 900, lastEvent: endTime }],
      metrics: { new: { "ndcg@10": { value: 0.3, low: 0.2, high: 0.4 }, "coverage@10": 0.8 }, segments: {} },
      baselines: { popularity: { new: { "ndcg@10": 0.25 } } },
      golden: goldenRequests(model),
    },
    record(lead),
  );
}

/** A request as the merchant's page sends it, with the admin key in the header. */
export async function asked<T = Record<string, unknown>>(
  app: App,
  path: string,
  init: { method?: string; body?: unknown; ifMatch?: string } = {},
): Promise<{ status: number; headers: Headers; body: T }> {
  const response = await app.request(`http://localhost:3000${path}`, {
    method: init.method ?? "GET",
    headers: {
      authorization: "Bearer admin-key",
      ...(init.body !== undefined && { "content-type": "application/json" }),
      ...(init.ifMatch !== undefined && { "if-match": init.ifMatch }),
    },
    ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === "" ? {} : JSON.parse(text)) as T,
  };
}
