import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { KeyFile } from "../../src/keys/key-file.ts";
import { publishSmallShop } from "./published-shop.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-lambda-admin-"));
const keysFile = join(folder, "keys.json");
const keys: Record<"admin" | "server", string> = { admin: "", server: "" };

interface Result {
  readonly statusCode: number;
  readonly body: string;
  readonly cookies?: readonly string[];
}

/** A cold start of its own: the module's state is the runtime's. */
async function coldStart(changes: Record<string, string> = {}) {
  vi.resetModules();
  vi.unstubAllEnvs();
  const environment = { AISLE_REGISTRY: join(folder, "registry"), AISLE_KEYS: keysFile, ...changes };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const { handler } = await import("../../src/lambda/admin.ts");
  return (method: string, path: string, key?: string, body?: object) =>
    handler(eventOf(method, path, key, body), {} as Context) as Promise<Result>;
}

const template = JSON.parse(
  readFileSync(new URL("../../events/function-url.json", import.meta.url), "utf8"),
) as APIGatewayProxyEventV2;

/** As a Function URL sends it. */
function eventOf(method: string, path: string, key: string | undefined, body: object | undefined) {
  const { requestContext, ...rest } = template;
  return {
    ...rest,
    ...{ rawPath: path, rawQueryString: "", routeKey: "$default", isBase64Encoded: false },
    ...{ pathParameters: undefined, queryStringParameters: undefined, cookies: undefined },
    headers: {
      host: "abc.lambda-url.eu-central-1.on.aws",
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body && { "content-type": "application/json", "sec-fetch-site": "same-origin" }),
    },
    ...(body && { body: JSON.stringify(body) }),
    requestContext: {
      ...{ ...requestContext, stage: "$default" },
      http: { ...requestContext.http, method, path },
    },
  } as unknown as APIGatewayProxyEventV2;
}

beforeEach(() => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});
beforeAll(async () => {
  await publishSmallShop(join(folder, "registry"));
  const file = new KeyFile(keysFile);
  for (const role of ["admin", "server"] as const) keys[role] = (await file.create(role)).secret;
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("the merchant's Lambda handler", () => {
  it("answers admins, and nobody else, and none of the shop's own routes", async () => {
    const ask = await coldStart();
    const { statusCode, body } = await ask("GET", "/admin/summary", keys.admin);
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ sentence: expect.stringMatching(/to do\.$/) });
    expect((await ask("GET", "/admin/summary")).statusCode).toBe(401);
    expect((await ask("GET", "/admin/summary", keys.server)).statusCode).toBe(403);
    expect((await ask("GET", "/recommendations", keys.admin)).statusCode).toBe(404);
  });

  it("signs a browser in with a cookie that only TLS carries", async () => {
    const ask = await coldStart();
    const { statusCode, cookies } = await ask("POST", "/admin/session", undefined, { key: keys.admin });
    expect(statusCode).toBe(200);
    expect(cookies?.join()).toMatch(/^aisle-admin-web=.*HttpOnly; Secure; SameSite=Strict$/);
  });

  it("leaves models to rollouts where these move them", async () => {
    const ask = await coldStart({ AISLE_MODE: "pinned", BEST_MODEL: "20260101T000000Z-abcd" });
    const channel = await ask("GET", "/admin/channel", keys.admin);
    const { model, etag } = JSON.parse(channel.body) as { model: string; etag: string };
    const event = eventOf("POST", "/admin/channel/promote", keys.admin, {
      version: model,
      reason: "because",
    });
    const { handler } = await import("../../src/lambda/admin.ts");
    const asked = { ...event, headers: { ...event.headers, "if-match": etag } };
    const { statusCode, body } = (await handler(asked, {} as Context)) as Result;
    expect(statusCode).toBe(409);
    expect(JSON.parse(body).detail).toMatch(/^Models go live by a rollout here: aisle rollout /);
  });

  it("says that it is not configured where nobody could have a key", async () => {
    const ask = await coldStart({ AISLE_KEYS: "" });
    expect((await ask("GET", "/admin/summary", keys.admin)).statusCode).toBe(503);
  });
});
