import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Registry } from "../../src/registry/registry.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { startScript } from "../store/start-script.ts";
import { change, modelBytes, parts, readModelBytes } from "./small-registry.ts";

let folder: string;
let registry: Registry;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-processes-"));
  registry = new Registry(new FolderStore(folder));
});
afterEach(() => rm(folder, { recursive: true }));

const start = (script: string, args: readonly string[]) => startScript(script, args, import.meta.url);

async function liveBytes(): Promise<Uint8Array> {
  return readModelBytes(registry, (await registry.channel("production"))!.model!);
}

describe("a publisher that is killed", () => {
  it.each(["model.safetensors", "test.json", "manifest.json"])(
    "while it writes %s leaves the old model live and nothing half-written to be seen",
    async (stop) => {
      const bytes = modelBytes(1000);
      const { version } = await registry.publish(bytes, parts);
      await registry.promote("production", { model: version }, change, undefined);
      const publisher = start("stalled-publisher.ts", [folder, stop]);
      await publisher.message(`writing ${stop}`);
      await publisher.kill();

      expect((await registry.manifests()).map((manifest) => manifest.version)).toEqual([version]);
      expect(Buffer.compare(await liveBytes(), bytes)).toBe(0);
      // The next publisher is not hindered, and clears away what has no name.
      const next = await registry.publish(modelBytes(1000, 2), parts);
      expect((await registry.manifests()).map((manifest) => manifest.version)).toEqual([
        version,
        next.version,
      ]);
      expect(await readdir(join(folder, ".pending"))).toEqual([]);
    },
  );
});

describe("two promotions at once, in two processes", () => {
  it.each([true, false])(
    "make one model live and tell the other who won (channel there before: %s)",
    async (there) => {
      if (there) {
        const { version } = await registry.publish(modelBytes(10), parts);
        await registry.promote("production", { model: version }, change, undefined);
      }
      const names = ["berta", "carla"];
      const versions: string[] = [];
      for (const seed of [2, 3]) versions.push((await registry.publish(modelBytes(10, seed), parts)).version);
      const promoters = names.map((name, i) => start("promoter.ts", [folder, versions[i], name]));
      await Promise.all(promoters.map((promoter) => promoter.message("looked")));
      for (const promoter of promoters) promoter.send("go");
      await Promise.all(promoters.map((promoter) => promoter.message("ended")));

      const outcomes = promoters.map(({ said }) => said.find((text) => /^(won|lost)/.test(text)) ?? "");
      const winner = outcomes.indexOf("won");
      expect(winner).not.toBe(-1);
      expect(outcomes[1 - winner]).toContain(`PromotionConflictError: channel "production" has changed`);
      expect(outcomes[1 - winner]).toContain(`${names[winner]} moved it to model ${versions[winner]}`);
      const channel = await registry.channel("production");
      expect(channel?.model).toBe(versions[winner]);
      expect(channel?.history.at(-1)?.who).toBe(names[winner]);
      expect(channel?.history).toHaveLength(there ? 2 : 1);
    },
  );
});
