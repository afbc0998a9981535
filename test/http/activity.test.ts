import {
  PersonalizeEventsClient,
  PutEventsCommand,
  PutItemsCommand,
  PutUsersCommand,
} from "@aws-sdk/client-personalize-events";
import { beforeEach, describe, expect, it } from "vitest";
import type { App } from "../../src/http/host.ts";
import type { Answer } from "../../src/serving/query.ts";
import { type Stored, storedServing } from "../serving/stored-serving.ts";
import { getJson, mint, post, serverKey, smallApp } from "./small-app.ts";

let stored: Stored;
let app: App;
let other: App;
beforeEach(async () => {
  stored = await storedServing();
  app = await smallApp({ auth: "open", serving: stored.serving });
  other = await smallApp({ auth: "keys", serving: (await storedServing(stored)).serving });
});

const sentAt = Date.now() / 1000;
const asServer = { authorization: `Bearer ${serverKey}` };
const view = (itemId: string, more: object = {}) => ({ eventType: "View", itemId, sentAt, ...more });
const body = (eventList: object[], more: object = {}) => ({
  trackingId: "t",
  sessionId: "s1",
  eventList,
  ...more,
});

describe("POST /events", () => {
  it("answers when they are kept, ignores one of a known id, and moves another server's next answer at once", async () => {
    const ask = async () =>
      (await getJson<Answer>(other, "/recommendations?userId=user+2", { headers: asServer })).body;
    expect((await ask()).source).toBe("als");
    const events = body([view("ítem 3", { eventId: "e1" }), view("ítem 5", { eventId: "e2" })], {
      userId: "user 2",
    });
    const first = await getJson(app, "/events", post(events));
    expect(first).toMatchObject({ status: 200, body: { accepted: 2, repeated: 0 } });
    expect((await getJson(app, "/events", post(events))).body).toEqual({ accepted: 0, repeated: 2 });
    expect((await ask()).source).toBe("fold-in");
  });

  it("keeps what Personalize's event may say", async () => {
    const said = view("ítem 3", {
      ...{ eventId: "e1", eventValue: 2.5, properties: '{"device":"phone"}', recommendationId: "r1" },
      ...{ impression: ["ítem 3"], metricAttribution: { eventAttributionSource: "mail" } },
      sentAt: "2026-01-02T03:04:05Z",
    });
    await getJson(app, "/events", post(body([said], { userId: "user 2" })));
    const { events } = await stored.activity.exportUser("user 2");
    expect(events).toEqual([
      {
        ...{ eventId: "e1", userId: "user 2", sessionId: "s1", eventType: "View", itemId: "ítem 3" },
        ...{ time: Date.UTC(2026, 0, 2, 3, 4, 5) / 1000, value: 2.5, properties: { device: "phone" } },
        ...{ recommendationId: "r1", impression: ["ítem 3"], attributionSource: "mail" },
      },
    ]);
  });

  it("names everything that is wrong, and keeps nothing then", async () => {
    const wrong = [
      view("ítem 3"),
      view("x".repeat(257), {
        eventValue: "much",
        properties: `{"a":"${"x".repeat(1024)}"}`,
        sentAt: "soon",
      }),
      view("ítem 3", { impression: [], nonsense: 1, sentAt: Date.now() / 1000 + 90_000 }),
    ];
    const { status, body: problem } = await getJson<{ errors: { parameter: string; detail: string }[] }>(
      ...([app, "/events", post({ ...body(wrong), sessionId: "" })] as const),
    );
    expect(status).toBe(400);
    expect(problem.errors.map(({ parameter, detail }) => `${parameter}: ${detail}`).sort()).toEqual([
      "eventList: entry 2: eventValue must be a number",
      "eventList: entry 2: itemId must have at most 256 characters",
      "eventList: entry 2: properties must have at most 1024 characters as JSON",
      "eventList: entry 2: sentAt must be epoch seconds or an ISO 8601 date, at most a day ahead",
      'eventList: entry 3: "nonsense" is unknown',
      "eventList: entry 3: impression must hold 1 to 25",
      "eventList: entry 3: sentAt must be epoch seconds or an ISO 8601 date, at most a day ahead",
      "sessionId: must not be empty",
    ]);
    for (const eventList of [[], Array.from({ length: 11 }, () => view("ítem 3"))]) {
      expect((await getJson(app, "/events", post(body(eventList)))).status).toBe(400);
    }
    expect((await stored.activity.read({ sessionId: "s1" })).events).toEqual([]);
  });

  it("takes a shopper's own without naming them, and nobody else's", async () => {
    const authorization = `Bearer ${await mint("user 2")}`;
    expect((await getJson(other, "/events", post(body([view("ítem 3")]), { authorization }))).status).toBe(
      200,
    );
    expect((await stored.activity.read({ userId: "user 2" })).events).toHaveLength(1);
    const foreign = body([view("ítem 3")], { userId: "user 3" });
    expect((await getJson(other, "/events", post(foreign, { authorization }))).status).toBe(403);
    expect((await getJson(other, "/events", post(foreign))).status).toBe(401);
    expect((await stored.activity.read({ userId: "user 3" })).events).toEqual([]);
  });

  it("is 503 while the store cannot be written: nothing is lost without a word", async () => {
    stored.activity.close();
    const { status, headers, body: problem } = await getJson(app, "/events", post(body([view("ítem 3")])));
    expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
    expect(problem).toMatchObject({ type: "urn:aisle:problem:not-kept" });
    expect(JSON.stringify(problem)).not.toMatch(/sqlite|database/);
  });
});

describe("a session", () => {
  it("moves answers before a login and after it, through the route's own parameter", async () => {
    await getJson(app, "/events", post(body([view("ítem 3")])));
    const { body: before } = await getJson<Answer>(app, "/recommendations?sessionId=s1");
    expect(before.source).toBe("fold-in");
    await getJson(app, "/events", post(body([view("ítem 5")], { userId: "newcomer" })));
    const { body: after } = await getJson<Answer>(app, "/recommendations?userId=newcomer");
    expect(after.source).toBe("fold-in");
    expect(after.items).not.toEqual(before.items);
    const { body: stranger } = await getJson<Answer>(other, "/recommendations?sessionId=s1");
    expect(stranger).toMatchObject({ source: "popular" });
    expect(stranger.userId).toBeUndefined();
  });
});

describe("POST /items and /users", () => {
  it("keep what is said, and refuse what makes no sense by its place", async () => {
    const items = [{ itemId: "ítem 3", properties: '{"price":99}' }, { itemId: "ítem 5" }];
    expect((await getJson(app, "/items", post({ datasetArn: "arn", items }))).body).toEqual({ accepted: 2 });
    await stored.serving.refresh();
    expect((await getJson(app, "/items/%C3%ADtem%203")).body).toMatchObject({ price: 99 });
    const wrong = { items: [{ itemId: "ítem 3", properties: { price: -1 } }] };
    const refused = await getJson<{ errors: object[] }>(app, "/items", post(wrong));
    expect(refused.body.errors).toEqual([
      { parameter: "items", in: "body", detail: 'entry 1: the price "-1" is not a number of at least 0' },
    ]);
    const users = [{ userId: "user 2", properties: { plan: "gold" } }];
    expect((await getJson(app, "/users", post({ users }))).body).toEqual({ accepted: 1 });
    const query = await stored.serving.recall({ userId: "user 2" });
    expect(query.past?.attributes).toEqual({ plan: "gold" });
  });
});

describe("a user's data", () => {
  it("is exported to the user, with what the model and the store hold", async () => {
    const headers = { authorization: `Bearer ${await mint("user 2")}` };
    await getJson(app, "/events", post(body([view("ítem 3", { eventId: "e1" })], { userId: "user 2" })));
    await getJson(other, "/recommendations", { headers });
    const { body: exported } = await getJson<{ history: object[] }>(other, "/users/user%202", { headers });
    expect(exported).toMatchObject({
      userId: "user 2",
      sessions: ["s1"],
      events: [{ eventId: "e1", itemId: "ítem 3" }],
      exposures: [{ userId: "user 2", model: "v1" }],
    });
    expect(exported.history.length).toBeGreaterThan(3);
  });

  it("is erased from the answers of every server at once", async () => {
    const headers = { authorization: `Bearer ${await mint("user 2")}` };
    const ask = async () => (await getJson<Answer>(other, "/recommendations?numResults=9", { headers })).body;
    expect((await ask()).source).toBe("als");
    expect((await app.request("/users/user%202", { method: "DELETE" })).status).toBe(204);
    const { body: popular } = await getJson<Answer>(other, "/recommendations?numResults=9");
    expect((await ask()).items).toEqual(popular.items);
  });
});

describe("the real client of Amazon Personalize's events", () => {
  it("puts events, items and users unchanged", async () => {
    const client = new PersonalizeEventsClient({
      endpoint: "http://shop.example/prod",
      region: "eu-central-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      requestHandler: { handle: (request: SentRequest) => ({ response: answerOf(request) }) as never },
    });
    async function passOn({ method, path, headers, body: sent }: SentRequest) {
      const response = await app.request(path.replace("/prod", ""), {
        method,
        headers,
        body: sent as string,
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: bytes };
    }
    const answers = new Map<SentRequest, Awaited<ReturnType<typeof passOn>>>();
    const answerOf = (request: SentRequest) => answers.get(request);
    client.middlewareStack.add(
      (next) => async (args) => {
        answers.set(args.request as SentRequest, await passOn(args.request as SentRequest));
        return next(args);
      },
      { step: "deserialize", priority: "low" },
    );
    const properties = JSON.stringify({ device: "phone" });
    const event = { eventType: "View", itemId: "ítem 3", sentAt: new Date(), eventId: "e1", properties };
    await client.send(
      new PutEventsCommand({ trackingId: "t", userId: "user 2", sessionId: "s1", eventList: [event] }),
    );
    const items = [{ itemId: "ítem 3", properties: '{"price":42}' }];
    await client.send(new PutItemsCommand({ datasetArn: "arn:x", items }));
    const users = [{ userId: "user 2", properties: '{"plan":"gold"}' }];
    await client.send(new PutUsersCommand({ datasetArn: "arn:x", users }));
    const { events, attributes } = await stored.activity.exportUser("user 2");
    expect(events).toMatchObject([{ eventId: "e1", itemId: "ítem 3", properties: { device: "phone" } }]);
    expect(attributes).toEqual({ plan: "gold" });
    expect(await stored.activity.itemChanges(0)).toMatchObject([
      { itemId: "ítem 3", properties: { price: 42 } },
    ]);
  });
});

interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}
