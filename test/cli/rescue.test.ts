import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { publishOrRescue, RescuedError } from "../../src/cli/rescue.ts";
import { type Trained, train } from "../../src/pipeline.ts";
import { PromotionConflictError } from "../../src/registry/channel.ts";
import { Registry } from "../../src/registry/registry.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { StoreError } from "../../src/store/store.ts";
import { MemoryStore } from "../rollout/memory-store.ts";
import { tinyLog, tinyOrder } from "../training/tiny-shop.ts";

let folder: string;
let trained: Trained;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-rescue-"));
  trained = await train({ events: tinyLog() }, tinyOrder);
});
afterAll(() => rm(folder, { recursive: true }));

const about = { channel: "production", who: "anna", source: "events.csv", program: "0.1.0", run: "autumn" };
const failing = (error: Error) =>
  new Registry(
    new MemoryStore(async (name, call) => {
      if (name.startsWith("put ")) throw error;
      return call();
    }),
  );

it("keeps a trained model that its registry does not take, and says how to bring it there", async () => {
  const registry = failing(new StoreError("credentials have expired"));
  const publishing = publishOrRescue(trained, tinyOrder, { ...about, registry }, folder);
  await expect(publishing).rejects.toThrow(RescuedError);
  const rescued = join(folder, "aisle-rescued-autumn");
  const [manifest] = await new Registry(new FolderStore(rescued)).manifests();
  expect(manifest).toMatchObject({ run: "autumn", data: { digest: trained.served.interactions.digest } });
  const command = `aisle models copy ${manifest.version} --registry ${rescued} --to memory`;
  await expect(publishing).rejects.toThrow(/^credentials have expired\n/);
  await expect(publishing).rejects.toThrow(command);
});

it("has nothing to rescue where the registry took the model and somebody else was faster", async () => {
  const registry = failing(new PromotionConflictError("lost"));
  const other = { ...about, registry, run: "spring" };
  await expect(publishOrRescue(trained, tinyOrder, other, folder)).rejects.toThrow(PromotionConflictError);
  expect(await readdir(folder)).toEqual(["aisle-rescued-autumn"]);
});
