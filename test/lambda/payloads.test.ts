import type { Context } from "aws-lambda";
import fc from "fast-check";
import { handle, type LambdaEvent } from "hono/aws-lambda";
import { beforeAll, describe, expect, it } from "vitest";
import type { App } from "../../src/http/host.ts";
import { applicationEvent, type GatewayEvent, stagePrefix } from "../../src/lambda/gateway-event.ts";
import type { Answer } from "../../src/serving/query.ts";
import { smallApp } from "../http/small-app.ts";

let app: App;
beforeAll(async () => {
  app = await smallApp({ auth: "open" });
});

interface Result {
  statusCode: number;
  body: string;
  isBase64Encoded: boolean;
  headers?: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
}

async function send(gatewayEvent: unknown): Promise<Result> {
  const known = applicationEvent(gatewayEvent as GatewayEvent);
  return (await handle(app)(known as unknown as LambdaEvent, {} as Context as never)) as unknown as Result;
}

async function answerOf(gatewayEvent: unknown): Promise<Answer> {
  const { statusCode, body } = await send(gatewayEvent);
  expect(statusCode).toBe(200);
  return JSON.parse(body);
}

interface Request {
  readonly method?: string;
  /** as a REST API passes it on: encoded, after the stage */
  readonly path: string;
  readonly query?: Record<string, string[]>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly headers?: Record<string, string[]>;
}

/** Payload 1.0 of a REST API: query values come decoded and in lists. */
function restEvent({ method = "GET", path, query, headers, ...rest }: Request) {
  return {
    ...{ resource: "/{proxy+}", path, httpMethod: method, headers: {}, multiValueHeaders: headers ?? {} },
    ...{ body: null, isBase64Encoded: false, ...rest },
    multiValueQueryStringParameters: query ?? null,
    pathParameters: { proxy: path.slice(1) },
    requestContext: { stage: "prod", path: `/prod${path}`, identity: { sourceIp: "192.0.2.1" } },
  };
}

/** Payload 2.0 of an HTTP API or a Function URL: the query comes raw. */
function httpEvent({ method = "GET", path, query, headers, ...rest }: Request, stage = "$default") {
  const search = new URLSearchParams();
  for (const [name, values] of Object.entries(query ?? {})) {
    for (const value of values) search.append(name, value);
  }
  return {
    ...{ version: "2.0", routeKey: "$default", rawPath: path, isBase64Encoded: false, ...rest },
    rawQueryString: search.toString(),
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, values]) => [name, values.join()])),
    requestContext: { stage, domainName: "id.lambda-url.example", http: { method, sourceIp: "192.0.2.1" } },
  };
}

const kinds = { "a REST API": restEvent, "a Function URL": httpEvent };

describe.each(Object.entries(kinds))("the payload of %s", (_, eventOf) => {
  it("repeats parameters, and keeps what ids hold", async () => {
    const query = { recent: ["ítem 10", "ítem 12:purchase"], exclude: ["ítem 14", "a&b=c,d+e%2F?#"] };
    const { source, items } = await answerOf(eventOf({ path: "/recommendations", query }));
    expect(source).toBe("fold-in");
    const shown = items.map((row) => row.itemId);
    expect(shown).not.toContain("ítem 12");
    expect(shown).not.toContain("ítem 14");
    const odd = "x=1&y,z+%2F é";
    expect(await answerOf(eventOf({ path: "/recommendations", query: { userId: [odd] } }))).toMatchObject({
      userId: odd,
    });
  });

  it("carries a body as text or as base64", async () => {
    const body = JSON.stringify({ userId: "user 2", recent: ["ítem 4"], numResults: 3 });
    const post = {
      method: "POST",
      path: "/recommendations",
      headers: { "content-type": ["application/json"] },
    };
    const plain = await answerOf(eventOf({ ...post, body }));
    const encoded = Buffer.from(body).toString("base64");
    const base64 = await answerOf(eventOf({ ...post, body: encoded, isBase64Encoded: true }));
    expect(plain.source).toBe("fold-in");
    expect(base64.items).toEqual(plain.items);
    for (const [bad, status] of [
      ["{", 400],
      [JSON.stringify({ userId: "x".repeat(1_100_000) }), 413],
    ] as const) {
      const { statusCode, body: problem } = await send(eventOf({ ...post, body: bad }));
      expect(statusCode).toBe(status);
      expect(JSON.parse(problem)).toMatchObject({ status });
    }
  });

  it("is answered with text and headers, to HEAD without a body", async () => {
    const found = await send(eventOf({ path: "/popular" }));
    expect(found.isBase64Encoded).toBe(false);
    const type = found.headers?.["content-type"] ?? found.multiValueHeaders?.["content-type"][0];
    expect(type).toBe("application/json");
    const problem = await send(eventOf({ path: "/nowhere" }));
    expect(problem).toMatchObject({ statusCode: 404, isBase64Encoded: false });
    expect(await send(eventOf({ method: "HEAD", path: "/popular" }))).toMatchObject({
      ...{ statusCode: 200, body: "" },
    });
  });

  it("keeps an encoded path as it is", async () => {
    const { source, items } = await answerOf(eventOf({ path: "/items/%C3%ADtem%202/similar" }));
    expect(source).toBe("similar");
    expect(items.map((row) => row.itemId)).not.toContain("ítem 2");
  });
});

describe("the path", () => {
  it("of an HTTP API comes decoded, and is encoded again", async () => {
    expect((await answerOf(httpEvent({ path: "/items/ítem 2/similar" }))).source).toBe("similar");
    for (const id of ["a?b", "a#b", "50%", "tab\there", "\ud800", "back\\slash", "c%zz"]) {
      const path = `/items/${id}/similar`;
      expect((await answerOf(httpEvent({ path, query: { numResults: ["3"] } }))).items).toHaveLength(3);
    }
  });

  it("means the same after encoding, whatever an id holds", () => {
    const ids = fc.string({ unit: "grapheme", minLength: 1 }).filter((id) => !/[/%]|^\.+$/.test(id));
    fc.assert(
      fc.property(ids, (id) => {
        const { rawPath } = applicationEvent(httpEvent({ path: `/items/${id}` }) as never) as {
          rawPath: string;
        };
        expect(new URL(`https://a.example${rawPath}`).pathname).toBe(rawPath);
        expect(decodeURIComponent(rawPath.slice("/items/".length))).toBe(id.toWellFormed());
        const encoded = `/items/${encodeURIComponent(id)}`;
        expect(applicationEvent(restEvent({ path: encoded }) as never)).toMatchObject({ path: encoded });
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("begins after a custom domain's base path", async () => {
    const rest = { ...restEvent({ path: "/shop/popular" }), pathParameters: { proxy: "popular" } };
    rest.requestContext.path = "/shop/popular";
    expect((await answerOf(rest)).source).toBe("popular");
    expect(stagePrefix(rest as never)).toBe("/shop");
    const http = {
      ...httpEvent({ path: "/shop/items/ítem 2/similar" }, "prod"),
      ...{ routeKey: "ANY /{proxy+}", pathParameters: { proxy: "items/ítem 2/similar" } },
    };
    expect((await answerOf(http)).source).toBe("similar");
    expect(stagePrefix(http as never)).toBe("/shop");
  });

  it("begins after the stage of an HTTP API, and loses nothing else", () => {
    const pathOf = (path: string, stage: string) => applicationEvent(httpEvent({ path }, stage) as never);
    expect(pathOf("/prod/popular", "prod")).toMatchObject({ rawPath: "/popular" });
    expect(pathOf("/prod", "prod")).toMatchObject({ rawPath: "/" });
    expect(pathOf("/product", "prod")).toMatchObject({ rawPath: "/product" });
    expect(pathOf("/popular", "$default")).toMatchObject({ rawPath: "/popular" });
  });

  it("is linked to by the documents with what the gateway puts before it", () => {
    expect(stagePrefix(restEvent({ path: "/popular" }) as never)).toBe("/prod");
    expect(stagePrefix(httpEvent({ path: "/popular" }) as never)).toBe("");
    expect(stagePrefix(httpEvent({ path: "/dev/popular" }, "dev") as never)).toBe("/dev");
  });
});
