import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PutEventsCommand } from "@aws-sdk/client-personalize-events";
import {
  GetPersonalizedRankingCommand,
  GetRecommendationsCommand,
} from "@aws-sdk/client-personalize-runtime";
import { handle, type LambdaEvent } from "hono/aws-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applicationEvent, type GatewayEvent, stagePrefix } from "../../src/lambda/gateway-event.ts";
import { type LocalServer, startLocal } from "../../src/local/server.ts";
import type { Serving } from "../../src/serving/serving.ts";
import { storedServing } from "../serving/stored-serving.ts";
import { type ClientOptions, campaign, eventsClient, runtimeClient } from "./personalize-clients.ts";
import { getJson, keyPair, keys, smallApp } from "./small-app.ts";

let serving: Serving;
let local: LocalServer;
let gateway: Server;
const endpoints: Record<string, string> = {};
beforeAll(async () => {
  ({ serving } = await storedServing());
  local = await startLocal({ serving, port: 0, auth: "keys", keys });
  gateway = await behindStage(serving);
  endpoints["at the root"] = `http://127.0.0.1:${local.port}`;
  endpoints["behind a stage"] = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/prod`;
});
afterAll(async () => {
  await local.stop();
  gateway.close();
});

interface Told {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What a REST API does: takes the stage off the path, and hands on an event without the body's length. */
async function behindStage(of: Serving): Promise<Server> {
  const app = await smallApp({
    ...{ serving: of, now: Date.now, auth: "keys" },
    prefixOf: (env) => stagePrefix((env as { event: GatewayEvent }).event),
  });
  const answer = handle(app);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { "content-length": _, ...headers } = request.headers;
    const path = (request.url ?? "").replace(/^\/prod/, "");
    const event = {
      ...{ resource: "/{proxy+}", path, httpMethod: request.method, headers, multiValueHeaders: {} },
      ...{ body: Buffer.concat(chunks).toString("base64"), isBase64Encoded: true },
      ...{ pathParameters: { proxy: path.slice(1) }, queryStringParameters: null, stageVariables: null },
      requestContext: {
        stage: "prod",
        path: request.url,
        requestId: "r",
        identity: {},
        httpMethod: request.method,
      },
    } as unknown as GatewayEvent;
    const known = applicationEvent(event) as unknown as LambdaEvent;
    const { statusCode, headers: told, body } = (await answer(known, {} as never)) as unknown as Told;
    response.writeHead(statusCode, told).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const ask = (options: Partial<ClientOptions> & { readonly at: string }, userId = "user 2") => {
  const { at, ...rest } = options;
  return runtimeClient({ endpoint: endpoints[at], ...keyPair, ...rest }).send(
    new GetRecommendationsCommand({ campaignArn: campaign("user-personalization"), userId, numResults: 3 }),
  );
};
const failure = async (asked: Promise<unknown>) => {
  const { name, message, $metadata } = (await asked.then(
    () => ({ name: "none" }),
    (error: unknown) => error,
  )) as Error & { $metadata: { httpStatusCode: number } };
  return { name, message, status: $metadata?.httpStatusCode };
};

describe.each(["at the root", "behind a stage"])("Amazon's client with a key pair, %s", (at) => {
  it("is one of the shop's servers", async () => {
    const { itemList } = await ask({ at });
    const own = serving.answer({ userId: "user 2", hide: "none", numResults: 3 });
    expect(itemList?.map(({ itemId }) => itemId)).toEqual(own.items.map(({ itemId }) => itemId));
    const endpoint = endpoints[at];
    const ranked = await runtimeClient({ endpoint, ...keyPair }).send(
      new GetPersonalizedRankingCommand({
        ...{ campaignArn: campaign("personalized-ranking"), userId: "user 2" },
        inputList: ["ítem 2", "ítem 3"],
      }),
    );
    expect(ranked.personalizedRanking).toHaveLength(2);
    await eventsClient({ endpoint, ...keyPair }).send(
      new PutEventsCommand({
        ...{ trackingId: "t", userId: "somebody", sessionId: at },
        eventList: [{ eventType: "View", itemId: "ítem 3", sentAt: new Date() }],
      }),
    );
  });

  it("hears of a bad signature, an unknown key and an old date what AWS would say", async () => {
    expect(await failure(ask({ at, secretAccessKey: "another" }))).toMatchObject({
      ...{ name: "InvalidSignatureException", status: 403, message: expect.stringMatching(/does not match/) },
    });
    expect(await failure(ask({ at, accessKeyId: "AISLEUNKNOWN" }))).toMatchObject({
      ...{
        name: "UnrecognizedClientException",
        status: 403,
        message: expect.stringMatching(/security token/),
      },
    });
    expect(await failure(ask({ at, systemClockOffset: -3_600_000 }))).toMatchObject({
      ...{
        name: "InvalidSignatureException",
        status: 403,
        message: expect.stringMatching(/^Signature expired: \d{8}T\d{6}Z/),
      },
    });
  });

  it("puts a wrong clock right by the answer's date, as it does with AWS", async () => {
    expect((await ask({ at, systemClockOffset: -3_600_000, maxAttempts: 2 })).itemList).toHaveLength(3);
  });
});

it("asks no signature of a client where authentication is open", async () => {
  const app = await smallApp({ auth: "open", serving });
  const authorization =
    "AWS4-HMAC-SHA256 Credential=a/20200101/b/c/aws4_request, SignedHeaders=x, Signature=y";
  expect(
    (await getJson(app, "/recommendations?userId=user+2", { headers: { authorization } })).body,
  ).toMatchObject({
    userId: "user 2",
  });
});
