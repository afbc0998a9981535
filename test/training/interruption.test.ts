import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Registry } from "../../src/registry/registry.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { eventsOf } from "../interactions/made-log.ts";
import { change, modelBytes, parts } from "../registry/small-registry.ts";
import { tinyLog } from "./tiny-shop.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-interrupted-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** `aisle train` in a process of its own, sent a signal at the moment that it says something like `pattern`. */
async function trainUntil(
  pattern: RegExp,
  signal: NodeJS.Signals,
): Promise<{ code: number | null; said: string }> {
  const rows = eventsOf(tinyLog()).map(({ user, item, type, time }) => [user, item, type, time].join(","));
  const events = join(folder, "events.csv");
  await writeFile(events, ["user,item,event,time", ...rows].join("\n"));
  const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
  const settings = [
    "--factors",
    "8,4",
    "--popularity-exponent",
    "0",
    "--unobserved-weight",
    "0.1",
    "--regularization",
    "0.01,0.02",
  ];
  const args = [
    "train",
    "--events",
    events,
    "--registry",
    join(folder, "registry"),
    ...settings,
    "--half-life",
    "60",
  ];
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  let isSent = false;
  child.stderr.on("data", (text) => {
    said += text;
    if (!isSent && pattern.test(said)) isSent = child.kill(signal);
  });
  const [code] = await once(child, "close");
  return { code, said };
}

describe("training that is interrupted", () => {
  it.each([
    ["in the middle of its trials", /\(1 of 4\)/, "SIGINT"],
    ["after them", /fit on train and validation/, "SIGTERM"],
  ] as const)("%s ends soon, says so, and leaves what is live as it was", async (_, pattern, signal) => {
    const registry = new Registry(new FolderStore(join(folder, "registry")));
    const { version } = await registry.publish(modelBytes(1000), parts);
    await registry.promote("production", { model: version }, change, undefined);
    const before = await registry.store.list("");

    const { code, said } = await trainUntil(pattern, signal);
    expect(code).not.toBe(0);
    expect(code).not.toBeNull();
    const [, run] = /^run (\S+)$/m.exec(said) ?? [];
    expect(said).toContain(`interrupted: nothing was published. The same call with --resume ${run} goes on`);
    expect(said).not.toMatch(/fit on everything/);
    const after = await registry.store.list("");
    expect(after.filter((key) => !/^(runs|rungs)\//.test(key))).toEqual(before);
    // What had ended is kept, for whoever goes on.
    expect(after).toContain(`runs/${run}/run.json`);
    // Trials run side by side, and any of them may end first.
    expect(after.filter((key) => new RegExp(`^runs/${run}/\\d{4}.json$`).test(key))).not.toEqual([]);
    expect(after).not.toContain(`runs/${run}/result.json`);
    expect(await readdir(join(folder, "registry", ".pending"))).toEqual([]);
  });
});
