import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { aisle } from "./aisle-process.ts";
import { tinyEvents } from "./tiny-shop.ts";

it("takes a shop from its events to live, and tells the gate's no from a failure", async () => {
  const folder = mkdtempSync(join(tmpdir(), "aisle-flow-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const at = (name: string): string => join(folder, name);
  writeFileSync(at("events.csv"), tinyEvents());
  const config = {
    events: [at("events.csv")],
    columns: { user: "who", item: "what", event: "did", time: "when", value: "paid" },
    weights: { look: 1, purchase: 4 },
    policy: "cautious",
    training: { factors: 4, iterations: 2, trials: 1, threads: 1, "no-refit": true },
    stages: { local: { registry: at("models") } },
  };
  const save = (more: object = {}) => writeFileSync(at("aisle.json"), JSON.stringify({ ...config, ...more }));
  const flow = (...args: string[]) => aisle(["flow", "--config", at("aisle.json"), ...args]);
  save();

  const first = await flow("--json");
  const held = JSON.parse(first.stdout);
  expect([first.code, held]).toMatchObject([3, { end: "held", stage: "local", reason: expect.any(String) }]);
  expect(first.stderr).toMatch(/^\$ aisle train --events /m);

  const forced = await flow("--model", held.model, "--force", "a test");
  const live = `✓ live: ${held.model} in channel "production" of ${at("models")}\n`;
  expect([forced.code, forced.stdout]).toEqual([0, expect.stringContaining(live)]);

  save({ columns: { ...config.columns, item: "nothing" } });
  expect(await flow()).toMatchObject({ code: 2, stdout: expect.stringContaining("✗ failed: train ended") });
});
