import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { KeyFile } from "../../src/keys/key-file.ts";
import type { GatewayEvent } from "../../src/lambda/gateway-event.ts";
import { Registry } from "../../src/registry/registry.ts";
import { goldenEvent } from "../../src/rollout/check.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { personalModel } from "../serving/small-shop.ts";
import { publishSmallShop } from "./published-shop.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-lambda-"));
const keysFile = join(folder, "keys.json");
const context = {} as Context;
let serverKey: string;

type Handler = (
  gatewayEvent: GatewayEvent,
  context: Context,
) => Promise<{ statusCode: number; body: string; headers?: object }>;

/** A cold start of its own: the module's state is the runtime's. */
async function coldStart(environment: Record<string, string>): Promise<Handler> {
  vi.resetModules();
  vi.unstubAllEnvs();
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const { handler } = await import("../../src/lambda/gateway.ts");
  return handler as Handler;
}

function sample(name: string, authorization?: string): GatewayEvent {
  const event = JSON.parse(readFileSync(new URL(`../../events/${name}.json`, import.meta.url), "utf8"));
  if (authorization === undefined) return event;
  event.headers = { ...event.headers, Authorization: authorization };
  if (event.multiValueHeaders) event.multiValueHeaders.Authorization = [authorization];
  return event;
}

beforeAll(async () => {
  await publishSmallShop(join(folder, "registry"));
  serverKey = (await new KeyFile(keysFile).create("server")).secret;
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it("knows every variable that the template sets, and is told where keys are", () => {
  const template = readFileSync(new URL("../../template.yaml", import.meta.url), "utf8");
  const [, block = ""] = /Variables:\n((?: {10}\w+: .*\n)+)/.exec(template) ?? [];
  const names = [...block.matchAll(/^ +(\w+):/gm)].map(([, name]) => name);
  expect(names).toEqual(expect.arrayContaining(["AISLE_REGISTRY", "AUTH", "AISLE_KEYS"]));
  const config = readFileSync(new URL("../../src/config.ts", import.meta.url), "utf8");
  expect(names.filter((name) => !config.includes(`  ${name}: `))).toEqual([]);
});

describe("the Lambda handler", () => {
  const environment = () => ({
    AISLE_REGISTRY: join(folder, "registry"),
    AISLE_KEYS: keysFile,
    AUTH: "keys",
  });

  it("answers each of the sample events", async () => {
    const handler = await coldStart(environment());
    const names = readdirSync(new URL("../../events", import.meta.url)).sort();
    const statuses: Record<string, number> = {};
    for (const name of names.map((file) => file.replace(".json", ""))) {
      const { statusCode, body } = await handler(sample(name), context);
      statuses[name] = statusCode;
      const answer = JSON.parse(body);
      if (statusCode === 200) expect(answer.items).toHaveLength(5);
      else expect(answer).toMatchObject({ status: statusCode, title: expect.any(String) });
    }
    expect(statuses).toEqual({
      ...{ "bad-request": 400, "known-user": 200, "new-visitor": 200 },
      ...{ "similar-items": 200, "unknown-route": 404 },
    });
  });

  it("names every wrong parameter of the bad request", async () => {
    const handler = await coldStart(environment());
    const { body } = await handler(sample("bad-request"), context);
    expect(
      JSON.parse(body)
        .errors.map((error: { parameter: string }) => error.parameter)
        .sort(),
    ).toEqual(["colour", "numResults"]);
  });

  it("opens a user's rows to the shop's key, and to nobody else", async () => {
    const handler = await coldStart(environment());
    const { users } = await personalModel();
    const ask = async (authorization?: string) => {
      const event = sample("known-user", authorization) as { multiValueQueryStringParameters: object };
      event.multiValueQueryStringParameters = { userId: [users.id(0)], numResults: ["5"] };
      return JSON.parse((await handler(event as GatewayEvent, context)).body);
    };
    expect((await ask(`Bearer ${serverKey}`)).source).toBe("als");
    expect((await ask()).source).toBe("popular");
  });

  it("opens any user's rows to whoever may call the function itself, and to no request", async () => {
    const handler = await coldStart(environment());
    const { users } = await personalModel();
    const check = goldenEvent(users.id(0), 5) as unknown as GatewayEvent;
    const sourceOf = async (event: object) =>
      JSON.parse((await handler(event as GatewayEvent, context)).body).source;
    expect(await sourceOf(check)).toBe("als");
    // What a request can set: headers, query and body, never what lies beside them.
    const { directCheck: _, ...forged } = { ...goldenEvent(users.id(0), 5) };
    const query = { ...forged.multiValueQueryStringParameters, directCheck: ["true"] };
    const headers = { ...forged.multiValueHeaders, directcheck: ["true"] };
    expect(await sourceOf(forged)).toBe("popular");
    expect(await sourceOf({ ...forged, multiValueHeaders: headers })).toBe("popular");
    expect(
      (await handler({ ...forged, multiValueQueryStringParameters: query } as never, context)).statusCode,
    ).toBe(400);
    expect(await sourceOf({ ...forged, directCheck: "true" })).toBe("popular");
  });

  it("answers 503 without a model, and recovers by itself when there is one", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const empty = join(folder, "later");
      const handler = await coldStart({ ...environment(), AISLE_REGISTRY: empty });
      expect((await handler(sample("new-visitor"), context)).statusCode).toBe(503);
      const from = new Registry(new FolderStore(join(folder, "registry")));
      const to = new Registry(new FolderStore(empty));
      const [{ version }] = await from.manifests();
      await from.copyTo(to, version);
      await to.promote("production", { model: version }, { who: "a test", why: "to test" }, undefined);
      vi.advanceTimersByTime(60_000);
      // Nothing goes on beside requests where the runtime is frozen between them: this one waits for the look.
      expect((await handler(sample("new-visitor"), context)).statusCode).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });

  it("refuses a model that its memory cannot hold, rather than being killed over it", async () => {
    const handler = await coldStart({ ...environment(), AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128" });
    const { statusCode, body } = await handler(sample("new-visitor"), context);
    expect(statusCode).toBe(503);
    expect(JSON.parse(body)).toMatchObject({ type: "urn:aisle:problem:no-model" });
  });

  it("says 503 where the configuration is not usable, and does not end the runtime", async () => {
    const handler = await coldStart({ ...environment(), MODEL_TTL: "soon" });
    const { statusCode, body } = await handler(sample("new-visitor"), context);
    expect(statusCode).toBe(503);
    expect(body).not.toContain("MODEL_TTL");
  });
});
