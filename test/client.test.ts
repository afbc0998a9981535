import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { AisleError, Client, type ClientOptions } from "../src/client.ts";
import type { App } from "../src/http/host.ts";
import { bearer, mint, serverKey, smallApp } from "./http/small-app.ts";
import { storedServing } from "./serving/stored-serving.ts";

let app: App;
beforeAll(async () => {
  app = await smallApp({ serving: (await storedServing()).serving, limits: { anonymous: undefined } });
});

interface Asked {
  readonly method: string;
  readonly url: string;
}

function clientOf(token?: ClientOptions["token"], asked: Asked[] = []): Client {
  const fetch: typeof globalThis.fetch = async (input, init) => {
    asked.push({ method: init?.method ?? "GET", url: String(input) });
    // As fetch does: an aborted request never reaches the server.
    init?.signal?.throwIfAborted();
    return app.request(String(input), init);
  };
  return new Client({ baseUrl: "http://shop.example/v1/", token, fetch });
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("the client", () => {
  it("asks for items in every way there is", async () => {
    const client = clientOf(serverKey);
    const answer = await client.recommendations({ userId: "user 2", numResults: 3, explain: true });
    expect(answer).toMatchObject({ source: "als", userId: "user 2" });
    expect(answer.items).toHaveLength(3);
    const [{ itemId, because }] = answer.items;
    expect(because?.[0].share).toBeGreaterThan(0);
    expect((await client.recommendations({ recent: [itemId, "ítem 3:Purchase"] })).source).toBe("fold-in");
    expect((await client.similar(itemId, { numResults: 2 })).items).toHaveLength(2);
    const filter = { filter: "INCLUDE ItemID WHERE Items.CATEGORY IN ($WHICH)", numResults: 5 };
    const odd = await client.popular({ ...filter, filterValues: { WHICH: ["odd", "none, such"] } });
    expect(odd.items.map(({ item }) => item?.category)).toEqual(Array(5).fill("odd"));
    expect((await client.popular({ ...filter, filterValues: { WHICH: "odd" } })).items).toEqual(odd.items);
    expect(await client.products("user 2")).toHaveLength(20);
  });

  it("asks for what items have to do with each other, for what grows, and why", async () => {
    const client = clientOf(serverKey);
    const narrowed = { numResults: 3, category: "even" };
    const seen = { userId: "user 2" };
    expect((await client.alsoViewed("ítem 2", { ...narrowed, ...seen })).items).toHaveLength(3);
    expect((await client.boughtTogether("ítem 2", narrowed)).items.length).toBeLessThanOrEqual(3);
    expect((await client.trending({ ...narrowed, window: "1d" })).items).toHaveLength(3);
    expect((await client.becauseYouViewed({ ...narrowed, recent: ["ítem 3"] })).items).toHaveLength(3);
    const { score, contributions } = await client.explain({ ...seen, itemId: "ítem 2", hide: "none" });
    expect(contributions.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(score!, 4);
  });

  it("writes numbers as JavaScript writes them", async () => {
    const client = clientOf(serverKey);
    for (const diversity of [0.1 + 0.2, 1e-7, 1]) {
      expect(
        (await client.recommendations({ userId: "user 2", diversity, numResults: 3 })).items,
      ).toHaveLength(3);
    }
    expect((await client.popular({ maxPrice: 1e-9, minPrice: 0 })).items).toEqual([]);
  });

  it("reads the catalogue and the state", async () => {
    const client = clientOf();
    expect(await client.items({ page: 1, category: "odd" })).toMatchObject({ page: 1, total: 20 });
    const { items, ...page } = await client.items({ page: 3, pageSize: 7, category: "odd" });
    expect(page).toEqual({ page: 3, pageSize: 7, total: 20 });
    expect(items).toHaveLength(6);
    expect(await client.item("new")).toMatchObject({ title: "Árrived today" });
    expect(await client.categories()).toEqual(["even", "odd"]);
    expect((await client.model()).channel).toBe("production");
    expect((await client.ready()).auth).toBe("keys");
  });

  it("offers a demo's shoppers", async () => {
    const demo = await smallApp({ auth: "open", shoppers: [{ id: "1", persona: "cook" }] });
    const client = new Client({
      baseUrl: "http://x",
      fetch: async (input, init) => demo.request(String(input), init),
    });
    expect(await client.shoppers()).toMatchObject({ page: 1, shoppers: [{ id: "1", persona: "cook" }] });
    expect((await client.shoppers(2)).shoppers).toEqual([]);
  });

  it("posts what happened, exports it and erases it", async () => {
    const client = clientOf(() => Promise.resolve(serverKey));
    const event = { eventId: "e1", eventType: "View", itemId: "ítem 3", sentAt: "2026-01-02T03:04:05Z" };
    const body = { userId: "new user", sessionId: "s", eventList: [event] };
    expect(await client.putEvents(body)).toEqual({ accepted: 1, repeated: 0 });
    expect(await client.putEvents(body)).toEqual({ accepted: 0, repeated: 1 });
    expect(await client.putUsers({ users: [{ userId: "new user", properties: { plan: "gold" } }] })).toEqual({
      accepted: 1,
    });
    const items = [{ itemId: "ítem 3", properties: { price: 2 } }];
    expect(await client.putItems({ items })).toEqual({ accepted: 1 });
    const exported = await client.exportUser("new user");
    expect(exported).toMatchObject({ attributes: { plan: "gold" }, events: [{ eventId: "e1" }] });
    expect(await client.eraseUser("new user")).toBeUndefined();
    expect((await client.exportUser("new user")).events).toEqual([]);
  });

  it("sends long lists in a body, and the answer is the same", async () => {
    const asked: Asked[] = [];
    const client = clientOf(serverKey, asked);
    const exclude = Array.from({ length: 1000 }, (_, number) => `ítem ${number + 1}`);
    const short = await client.recommendations({ exclude: exclude.slice(0, 39) });
    const long = await client.recommendations({ exclude });
    expect(asked.map(({ method }) => method)).toEqual(["GET", "POST"]);
    expect(long.items).toEqual(short.items);
  });

  it("takes a shopper's token for the shopper", async () => {
    const client = clientOf(await mint("user 2"));
    expect((await client.recommendations()).userId).toBe("user 2");
  });
});

describe("ids", () => {
  const odd = [
    "a/b",
    "a%2Fb",
    "?x=1",
    "#",
    "100%",
    "a+b c",
    "ünï",
    "..x",
    "a\\b",
    "%",
    "🛒",
    "../..",
    ";v=1",
  ];

  it.each(odd)("are the same on both sides: %s", async (id) => {
    const client = clientOf(serverKey);
    expect((await client.exportUser(id)).userId).toBe(id);
    const { errors, status } = ((await failure(client.item(id))) as AisleError).problem;
    expect({ errors, status }).toEqual({ errors: undefined, status: 404 });
    expect((await client.similar(id)).source).toBe("popular");
  });

  it("are so whatever they hold", async () => {
    const point = fc.integer({ min: 0, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff);
    const id = fc
      .array(fc.oneof(fc.integer({ min: 0, max: 127 }), point), { minLength: 1, maxLength: 64 })
      .map((codes) => String.fromCodePoint(...codes));
    await fc.assert(
      fc.asyncProperty(id, async (userId) => {
        fc.pre(userId !== "." && userId !== "..");
        expect((await clientOf(serverKey).exportUser(userId)).userId).toBe(userId);
        expect((await clientOf(serverKey).recommendations({ userId })).userId).toBe(userId);
      }),
      { numRuns: 100 },
    );
  });

  it("that no path can hold are refused before anything is asked", () => {
    for (const id of ["", ".", ".."]) expect(() => clientOf().item(id)).toThrow(RangeError);
  });
});

describe("what goes wrong", () => {
  it("is the server's problem, with every wrong parameter in words", async () => {
    const error = (await failure(clientOf().popular({ numResults: 0, maxPrice: -1 }))) as AisleError;
    expect(error).toBeInstanceOf(AisleError);
    expect(error).toMatchObject({ name: "AisleError", status: 400 });
    expect(error.problem.errors?.map(({ parameter }) => parameter)).toEqual(["numResults", "maxPrice"]);
    expect(error.message).toMatch(/numResults must be a whole number from 1 to 500/);
    expect(await failure(clientOf("nobody's").popular())).toMatchObject({ status: 401 });
    expect(await failure(clientOf().exportUser("user 2"))).toMatchObject({ status: 401 });
  });

  it("may be a gateway's that speaks no JSON, and says when to come again", async () => {
    const answers = [new Response("<h1>no</h1>", { status: 502, statusText: "Bad Gateway" })];
    answers.push(
      Response.json({ title: "Slow", status: 1 }, { status: 429, headers: { "Retry-After": "3" } }),
    );
    answers.push(new Response(null, { status: 500 }));
    const client = new Client({ baseUrl: "http://x", fetch: async () => answers.shift()! });
    expect(await failure(client.ready())).toMatchObject({ status: 502, message: "Bad Gateway" });
    expect(await failure(client.ready())).toMatchObject({ status: 429, retryAfter: 3 });
    expect(await failure(client.ready())).toMatchObject({ status: 500, retryAfter: undefined });
  });

  it("is the reason of a signal that aborts, and no request is made", async () => {
    const reason = new Error("the page has gone");
    const signal = AbortSignal.abort(reason);
    expect(await failure(clientOf().popular({}, { signal }))).toBe(reason);
  });

  it("is a body without a type, since nobody would look into it", async () => {
    const body = JSON.stringify({ numResults: "wrong" });
    const untyped = {
      method: "POST",
      headers: bearer(serverKey).headers!,
      body: new TextEncoder().encode(body),
    };
    for (const path of ["/recommendations", "/events", "/items", "/users"]) {
      expect((await app.request(path, untyped)).status).toBe(415);
    }
    expect((await app.request("/popular", untyped)).status).toBe(405);
  });
});
