import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "aws-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { KeyFile } from "../../src/keys/key-file.ts";
import type { GatewayEvent } from "../../src/lambda/gateway-event.ts";
import { Registry } from "../../src/registry/registry.ts";
import { goldenEvent } from "../../src/rollout/check.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { S3Store } from "../../src/store/s3-store.ts";
import { personalModel } from "../serving/small-shop.ts";
import { S3Server } from "../store/s3-server.ts";
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

/** What this cold start has logged so far. */
function lines(): Record<string, unknown>[] {
  return vi.mocked(process.stderr.write).mock.calls.map(([text]) => JSON.parse(String(text)));
}

function sample(name: string, authorization?: string): GatewayEvent {
  const event = JSON.parse(readFileSync(new URL(`../../events/${name}.json`, import.meta.url), "utf8"));
  if (authorization === undefined) return event;
  event.headers = { ...event.headers, Authorization: authorization };
  if (event.multiValueHeaders) event.multiValueHeaders.Authorization = [authorization];
  return event;
}

beforeEach(() => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});
beforeAll(async () => {
  await publishSmallShop(join(folder, "registry"));
  serverKey = (await new KeyFile(keysFile).create("server")).secret;
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("the Lambda handler", () => {
  const environment = () => ({
    AISLE_REGISTRY: join(folder, "registry"),
    AISLE_KEYS: keysFile,
    AUTH: "keys",
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

  it("starts from S3 without a model, says so by 503 and recovers by itself", async () => {
    const server = await new S3Server().start();
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const handler = await coldStart({
        ...{ AISLE_REGISTRY: "s3://bucket/shop", AWS_ENDPOINT_URL_S3: server.endpoint },
        ...{ AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "testtest" },
        ...{ AWS_PROFILE: "", AUTH: "open" },
      });
      const { statusCode, body } = await handler(sample("new-visitor"), context);
      expect(statusCode).toBe(503);
      expect(JSON.parse(body)).toMatchObject({ type: "urn:aisle:problem:no-model", status: 503 });
      await publishSmallShop(new S3Store("s3://bucket/shop", server.settings()));
      vi.advanceTimersByTime(60_000);
      expect((await handler(sample("new-visitor"), context)).statusCode).toBe(200);
    } finally {
      vi.useRealTimers();
      await server.stop();
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

  it("lets a page read even that, and counts it", async () => {
    const origins = { ALLOWED_ORIGINS: "https://shop.example", AISLE_CHANNEL: "germany", MODEL_TTL: "soon" };
    const handler = await coldStart({ ...environment(), ...origins });
    const from = (origin: string) =>
      ({ ...sample("new-visitor"), headers: { Origin: origin } }) as GatewayEvent;
    const own = await handler(from("https://shop.example"), context);
    expect(own.headers).toMatchObject({ "access-control-allow-origin": "https://shop.example" });
    const other = await handler(from("https://other.example"), context);
    expect(other.headers).not.toHaveProperty("access-control-allow-origin");
    const [line] = lines().filter(({ message }) => message === "request");
    expect(line).toMatchObject({ status: 503, Errors: 1, Channel: "germany" });
  });

  it("leaves one line for each request, under the gateway's own id", async () => {
    const handler = await coldStart(environment());
    for (const name of ["known-user", "unknown-route"])
      await handler(sample(name, `Bearer ${serverKey}`), context);
    const told = lines().filter(({ message }) => message === "request");
    const ids = ["known-user", "unknown-route"].map((name) => sample(name).requestContext.requestId);
    expect(told.map(({ message, requestId }) => [message, requestId])).toEqual(
      ids.map((id) => ["request", id]),
    );
    expect(told[0]).toMatchObject({
      route: "/recommendations",
      status: 200,
      Requests: 1,
      Channel: "production",
    });
    expect(told[0].SwapFailures).toBe(0);
    expect(told[0].user).toMatch(/^[\w-]{16}$/);
  });
});
