import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { OwnShopState } from "../../src/local/own-shop-state.ts";
import { AisleProcess } from "./aisle-process.ts";
import { itemCount, tinyEvents, tinyItems, userCount } from "./tiny-shop.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-own-"));
const registry = join(folder, "models");
let process: AisleProcess;
let url: string;

/** On an empty place: the demo shop begins to be made and makes way. */
beforeAll(async () => {
  process = new AisleProcess(["start", "--port", "0", "--registry", registry]);
  url = (await process.wrote(/^aisle on (http:\/\/localhost:\d+)\n/))[1];
});

afterAll(async () => {
  if (process?.isAnyoneLeft()) process.kill("SIGKILL");
  await process?.ended;
  rmSync(folder, { recursive: true, force: true });
});

async function ask(method: string, path: string, body?: string | object): Promise<OwnShopState> {
  const text = typeof body === "object" ? JSON.stringify(body) : body;
  const answer = await fetch(`${url}/start${path}`, { method, ...(text !== undefined && { body: text }) });
  expect(answer.status).toBe(200);
  return (await answer.json()) as OwnShopState;
}

/** The state as soon as it is what is waited for. */
async function until(isSo: (state: OwnShopState) => boolean): Promise<OwnShopState> {
  let state = await ask("GET", "/state");
  await vi.waitUntil(
    async () => {
      state = await ask("GET", "/state");
      return isSo(state);
    },
    { timeout: 30_000, interval: 50 },
  );
  return state;
}

const columns = { user: "who", item: "what", event: "did", time: "when", value: "paid" };
const readOf = async (kind: "events" | "items") =>
  (await until(({ files }) => files[kind]?.phase === "read")).files[kind]!.reading!;

describe("a shop from dropped files", { timeout: 60_000 }, () => {
  it("asks for what it does not understand, and says what the data can carry", async () => {
    await ask("PUT", "/files/events?name=my%20events.csv", tinyEvents());
    expect((await readOf("events")).problem).toMatchObject({ about: "columns" });
    const early = await fetch(`${url}/start/training`, { method: "PUT" });
    expect([early.status, await early.json()]).toMatchObject([
      409,
      { detail: expect.stringMatching(/my events\.csv/) },
    ]);
    await ask("PUT", "/files/events/settings", { columns, weights: { look: 1 } });
    const { problem, readiness } = await readOf("events");
    expect(problem).toBeUndefined();
    expect(readiness).toMatchObject({ users: userCount, items: itemCount });
  });

  it("stops when it is told to, and the demo shop goes on being made", async () => {
    expect((await ask("PUT", "/training")).isOwnTraining).toBe(true);
    const busy = await fetch(`${url}/start/files/events?name=e.csv`, { method: "PUT", body: "x" });
    expect(busy.status).toBe(409);
    await ask("DELETE", "/training");
    const { outcome, isOwnTraining, training } = await until(({ outcome }) => outcome !== undefined);
    expect(outcome?.kind).toBe("stopped");
    expect(isOwnTraining).toBe(false);
    // The demo has no model yet: its own training goes on.
    expect(training?.step).toBe("making the demo shop");
  });

  it("serves those products once they are counted, and then what the gate lets through", async () => {
    await ask("PUT", "/files/items?name=items.csv", tinyItems());
    expect((await readOf("items")).items).toMatchObject({ count: itemCount });
    await ask("PUT", "/training");
    const counted = await until(({ live }) => live?.source === "my events.csv, items.csv");
    expect(counted.live).toMatchObject({ isDemo: false, isPersonal: false, itemCount });
    const { items } = (await (await fetch(`${url}/items`)).json()) as { items: { title: string }[] };
    expect(items.map(({ title }) => title).sort()).toEqual(
      Array.from({ length: itemCount }, (_, row) => `Item "${row}"`).sort(),
    );
    const { outcome, live } = await until(({ outcome }) => outcome !== undefined);
    // So few users cannot tell; nothing of this shop was live before, so that a guess may be.
    expect(outcome).toMatchObject({
      kind: "promoted",
      reason: expect.stringMatching(/test users cannot tell/),
    });
    expect(outcome?.leaderboard?.rows.filter(({ isOurs }) => isOurs)).toHaveLength(1);
    expect(live).toMatchObject({ isPersonal: true, userCount });
    const answer = await (
      await fetch(`${url}/recommendations?userId=${encodeURIComponent('user "1"')}`)
    ).json();
    expect(answer).toMatchObject({ source: "als", model: { version: live?.version } });
    const { shoppers } = (await (await fetch(`${url}/shoppers`)).json()) as { shoppers: { label: string }[] };
    expect(shoppers).toHaveLength(12);
    expect(shoppers[0].label).toMatch(/^Shopper user "\d+"$/);
  });

  it("leaves no file and no process behind", async () => {
    expect(existsSync(join(registry, "uploads"))).toBe(true);
    process.kill("SIGINT");
    expect((await process.ended).code).toBe(0);
    expect(process.isAnyoneLeft()).toBe(false);
    expect(existsSync(join(registry, "uploads"))).toBe(false);
  });
});
