import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { GatewayEvent } from "../../src/lambda/gateway-event.ts";
import { publishSmallShop } from "./published-shop.ts";
import { checkSampleAnswer, type GatewayAnswer } from "./sample-answers.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-events-"));
const eventsFolder = new URL("../../events/", import.meta.url);
const names = readdirSync(eventsFolder).map((file) => file.replace(".json", ""));
const load = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, eventsFolder), "utf8"));

const text = z.string();
const texts = z.record(text, text);
const lists = z.record(text, z.array(text).min(1));

/** What a REST API sends, as far as a sample has to hold it. */
const restEvent = z.strictObject({
  ...{
    resource: text,
    path: text.startsWith("/"),
    httpMethod: text,
    headers: texts,
    multiValueHeaders: lists,
  },
  ...{ queryStringParameters: texts.nullable(), multiValueQueryStringParameters: lists.nullable() },
  ...{ pathParameters: z.strictObject({ proxy: text }), stageVariables: z.null() },
  requestContext: z.strictObject({
    ...{ accountId: text, apiId: text, stage: text, resourcePath: text, resourceId: text, httpMethod: text },
    ...{ path: text, protocol: text, requestId: text, requestTimeEpoch: z.int(), authorizer: z.null() },
    identity: z.strictObject({ sourceIp: text, userAgent: text }),
  }),
  ...{ body: text.nullable(), isBase64Encoded: z.boolean() },
});

/** What an HTTP API or a Function URL sends. */
const httpEvent = z.strictObject({
  ...{ version: z.literal("2.0"), routeKey: text, rawPath: text.startsWith("/"), rawQueryString: text },
  ...{ headers: texts, queryStringParameters: texts.optional(), pathParameters: texts.optional() },
  requestContext: z.strictObject({
    ...{ accountId: text, apiId: text, domainName: text, domainPrefix: text, requestId: text },
    ...{ routeKey: text, stage: text, time: text, timeEpoch: z.int() },
    http: z.strictObject({ method: text, path: text, protocol: text, sourceIp: text, userAgent: text }),
  }),
  ...{ body: text.optional(), isBase64Encoded: z.boolean() },
});

let handler: (gatewayEvent: GatewayEvent, context: Context) => Promise<unknown>;
beforeAll(async () => {
  const registry = join(folder, "registry");
  await publishSmallShop(registry);
  vi.stubEnv("AISLE_REGISTRY", registry);
  vi.stubEnv("AUTH", "keys");
  vi.stubEnv("AISLE_EVENTS", `sqlite:${join(folder, "activity.sqlite")}`);
  vi.stubEnv("ALLOWED_ORIGINS", "https://shop.example.com");
  ({ handler } = await import("../../src/lambda/gateway.ts"));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe.each(names)("the sample event %s", (name) => {
  const event = load(name);

  it("is one that its gateway sends, at one with itself", () => {
    if ("version" in event) {
      const { rawPath, rawQueryString, queryStringParameters, requestContext, routeKey } =
        httpEvent.parse(event);
      const query: Record<string, string> = {};
      for (const [key, value] of new URLSearchParams(rawQueryString)) {
        query[key] = key in query ? `${query[key]},${value}` : value;
      }
      expect(queryStringParameters ?? {}).toEqual(query);
      expect(requestContext).toMatchObject({ routeKey, http: { path: rawPath } });
    } else {
      const { path, httpMethod, pathParameters, requestContext, resource, ...rest } = restEvent.parse(event);
      expect(path).toBe(`/${pathParameters.proxy}`);
      expect(requestContext).toMatchObject({ httpMethod, resourcePath: resource, path: `/prod${path}` });
      expect(rest.queryStringParameters).toEqual(lastOf(rest.multiValueQueryStringParameters));
      expect(rest.headers).toEqual(lastOf(rest.multiValueHeaders));
    }
  });

  it("is answered", async () => {
    checkSampleAnswer(name, (await handler(event, {} as Context)) as GatewayAnswer);
  });
});

function lastOf(values: Readonly<Record<string, string[]>> | null): Record<string, string> | null {
  return values && Object.fromEntries(Object.entries(values).map(([key, list]) => [key, list.at(-1)!]));
}
