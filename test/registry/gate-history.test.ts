import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { GateAnswer } from "../../src/registry/gate.ts";
import { gateHistory, keepHeld } from "../../src/registry/gate-history.ts";
import { Registry } from "../../src/registry/registry.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { modelBytes, parts } from "./small-registry.ts";

let folder: string;
let registry: Registry;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-gate-"));
  let minute = 0;
  registry = new Registry(new FolderStore(folder), () => new Date(Date.UTC(2020, 0, 1, 0, minute++)));
});
afterAll(() => rm(folder, { recursive: true }));

const relative = { value: 0.04, low: 0.01, high: 0.07 };
const difference = { value: 0.004, low: 0.001, high: 0.007, relative };
const better: GateAnswer = { decision: "promote", reason: "it is better", difference };
const held: GateAnswer = {
  decision: "hold",
  reason: "it is not better",
  difference: { ...difference, low: -0.001 },
};

it("tells what the gate said of every model that asked, also of those that it held", async () => {
  expect(await gateHistory(registry, "production")).toEqual([]);
  const { version: model } = await registry.publish(modelBytes(1000), parts);
  await registry.promote(
    "production",
    { model },
    { who: "anna", why: better.reason, gate: better },
    undefined,
  );
  const before = await registry.channel("production");
  const asked = { model: "v2", who: "berta", gate: held };
  await keepHeld(registry, "production", asked, new Date("2020-02-01T00:00:00.100Z"));
  await keepHeld(registry, "production", asked, new Date("2020-02-01T00:00:00.900Z"));
  expect(await gateHistory(registry, "production")).toEqual([
    { at: expect.any(String), action: "promote", model, who: "anna", why: "it is better", gate: better },
    {
      at: expect.any(String),
      action: "hold",
      model: "v2",
      who: "berta",
      why: "it is not better",
      gate: held,
    },
  ]);
  // What is live has not moved, and nobody takes what lies beside for a channel.
  expect(await registry.channel("production")).toEqual(before);
  expect(await registry.channelNames()).toEqual(["production"]);
  expect(await gateHistory(registry, "other")).toEqual([]);
});
