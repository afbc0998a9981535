import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { AisleProcess, aisle } from "./aisle-process.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-start-"));
const registry = join(folder, "models");
const started: AisleProcess[] = [];
afterAll(async () => {
  for (const process of started) if (process.isAnyoneLeft()) process.kill("SIGKILL");
  await Promise.all(started.map((process) => process.ended));
  rmSync(folder, { recursive: true, force: true });
});

const patience = { timeout: 15_000, interval: 20 };

/** Starts the demo shop and waits until it trains in a process of its own, answering with what is popular. */
async function startAndTrain(): Promise<{ process: AisleProcess; url: string }> {
  const process = new AisleProcess(["start", "--port", "0", "--registry", registry]);
  started.push(process);
  const [, url] = await process.wrote(/^aisle on (http:\/\/localhost:\d+)\n/);
  expect((await fetch(url)).status).toBe(200);
  await process.wrote(/^Split by time/m);
  await vi.waitUntil(async () => (await fetch(`${url}/popular?numResults=3`)).status === 200, patience);
  return { process, url };
}

describe("aisle start", () => {
  it("answers with what is popular while it trains, and stops with nothing half-written and nobody left", async () => {
    const { process, url } = await startAndTrain();
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    const { port } = new URL(url);
    const taken = await aisle(["serve", "--port", port, "--registry", registry]);
    expect([taken.code, taken.stdout]).toEqual([1, ""]);
    expect(taken.stderr).toContain(`port ${port} of 127.0.0.1 is taken by another program`);
    // Starting over where nobody can listen leaves what is there.
    const fresh = await aisle(["start", "--fresh", "--port", port, "--registry", registry]);
    expect([fresh.code, readdirSync(join(registry, "models")).length]).toEqual([1, 1]);

    process.kill("SIGINT");
    const { code, stdout, stderr } = await process.ended;
    expect(code).toBe(0);
    expect(stdout.replace(/#key=[\w-]+/, "#key=…")).toBe(
      `aisle on ${url}\nfor the merchant:  ${url}/merchant#key=…\n`,
    );
    expect(stderr).not.toMatch(/failed|error/);
    expect(process.isAnyoneLeft()).toBe(false);
    const files = readdirSync(registry, { recursive: true, withFileTypes: true });
    const names = files.filter((entry) => entry.isFile()).map(({ name }) => name);
    expect(names.filter((name) => !/\.(json|safetensors)$|^activity\.sqlite$/.test(name))).toEqual([]);
    const [version] = readdirSync(join(registry, "models"));
    expect(JSON.parse(readFileSync(join(registry, "models", version, "manifest.json"), "utf8")).rank).toBe(0);
  });

  it("leaves no training behind when it is killed", async () => {
    const { process } = await startAndTrain();
    process.kill("SIGKILL", "itself");
    expect((await process.ended).signal).toBe("SIGKILL");
    await vi.waitUntil(() => !process.isAnyoneLeft(), patience);
  });
});
