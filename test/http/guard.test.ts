import { beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { Guard } from "../../src/http/guard.ts";
import type { App } from "../../src/http/host.ts";
import { describedRoutes } from "../../src/http/route-table.ts";
import type { Answer } from "../../src/serving/query.ts";
import { smallServing } from "../serving/small-shop.ts";
import { storedServing } from "../serving/stored-serving.ts";
import { adminKey, bearer, getJson, keys, mint, now, post, serverKey, smallApp } from "./small-app.ts";

const host = {
  images: () => "<svg/>",
  shoppers: [{ id: "user 2", persona: "cook" }],
  // The table asks more than a stranger may.
  limits: { anonymous: undefined, shopper: undefined },
};

let guarded: App;
let open: App;
beforeAll(async () => {
  guarded = await storedApp("keys");
  open = await storedApp("open");
});

async function storedApp(auth: "keys" | "open"): Promise<App> {
  return smallApp({ auth, ...host, serving: (await storedServing()).serving });
}

/**
 * Who may have what. `own`: a shopper for themself, a server for anyone, a stranger as if nobody were named. `owner`: a
 * shopper for themself, a server for anyone, a stranger not at all.
 */
const table: Record<string, "anyone" | "own" | "owner" | "server"> = {
  "GET /health/live": "anyone",
  "GET /health/ready": "anyone",
  "GET /images/{file}": "anyone",
  "GET /model": "anyone",
  "GET /recommendations": "own",
  "POST /recommendations": "own",
  "GET /items/{id}/similar": "anyone",
  "GET /items/{id}/bought-together": "anyone",
  "GET /items/{id}/also-viewed": "own",
  "GET /because-you-viewed": "own",
  "GET /explain": "own",
  "GET /trending": "anyone",
  "GET /popular": "anyone",
  "GET /products": "own",
  "GET /items": "anyone",
  "GET /items/{id}": "anyone",
  "GET /categories": "anyone",
  "GET /shoppers": "server",
  "POST /events": "owner",
  "POST /items": "server",
  "POST /users": "server",
  "POST /personalize-ranking": "server",
  "GET /users/{userId}": "owner",
  "DELETE /users/{userId}": "owner",
  "GET /openapi.json": "anyone",
  "GET /postman.json": "anyone",
};

const callers = {
  anonymous: async () => undefined,
  "unknown key": async () => "no such key",
  shopper: () => mint("user 2"),
  "another shopper": () => mint("user 3"),
  "expired shopper": () => mint("user 2", { seconds: -1 }),
  server: async () => serverKey,
  admin: async () => adminKey,
};

const namingUser2: Record<string, string> = {
  "/recommendations": "?userId=user+2",
  "/products": "?user_id=user+2",
  "/items/{id}/also-viewed": "?userId=user+2",
  "/because-you-viewed": "?userId=user+2",
  "/explain": "?userId=user+2&itemId=%C3%ADtem+3",
};

const bodies: Record<string, object> = {
  "/events": {
    userId: "user 2",
    sessionId: "s1",
    eventList: [{ eventType: "View", itemId: "unheard", sentAt: now / 1000 }],
  },
  "/items": { items: [{ itemId: "ítem 2", properties: { color: "red" } }] },
  "/personalize-ranking": {
    campaignArn: "arn:aws:personalize:eu-west-1:1:campaign/personalized-ranking",
    userId: "user 2",
    inputList: ["ítem 3"],
  },
  "/users": { users: [{ userId: "user 2", properties: { plan: "gold" } }] },
};

/** A request for user 2, where the route can name a user. */
function requestFor(route: string, credential: string | undefined): [string, RequestInit] {
  const [method, template] = route.split(" ");
  const path = template
    .replace("{id}", "%C3%ADtem%202")
    .replace("{file}", "a.svg")
    .replace("{userId}", "user%202");
  const headers: Record<string, string> = credential ? { authorization: `Bearer ${credential}` } : {};
  if (method === "POST") return [path, post(bodies[path] ?? { userId: "user 2" }, headers)];
  if (method === "DELETE") return [path, { method, headers }];
  return [path + (namingUser2[template] ?? ""), { headers }];
}

function expectedStatus(right: string, caller: keyof typeof callers): number {
  if (right === "anyone" && caller !== "unknown key" && caller !== "expired shopper") return 200;
  if (caller === "unknown key" || caller === "expired shopper") return 401;
  if (right === "server") return { server: 200, anonymous: 401 }[caller as string] ?? 403;
  if (right === "owner") return { server: 200, shopper: 200, anonymous: 401 }[caller as string] ?? 403;
  return caller === "another shopper" ? 403 : 200;
}

describe("who may ask what", () => {
  it("covers every route", () => {
    const routes = describedRoutes(guarded).map(({ method, path }) => `${method} ${path}`);
    expect(routes.sort()).toEqual(Object.keys(table).sort());
  });

  const cases = Object.entries(table).flatMap(([route, right]) =>
    (Object.keys(callers) as (keyof typeof callers)[]).map((caller) => ({ route, right, caller })),
  );

  it.each(cases)("$route by $caller", async ({ route, right, caller }) => {
    const erases = route.startsWith("DELETE");
    // Whoever is erased is gone for all that comes after.
    const app = erases ? await storedApp("keys") : guarded;
    const response = await app.request(...requestFor(route, await callers[caller]()));
    const unguarded = /\/(health|images)\//.test(route);
    const status = unguarded ? 200 : expectedStatus(right, caller);
    expect(response.status).toBe(erases && status === 200 ? 204 : status);
    if (response.status === 401) expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
    if (right !== "own" || response.status !== 200) return;
    const personal = caller === "shopper" || caller === "server";
    const named = (await (await open.request(...requestFor(route, undefined))).json()) as object;
    const text = JSON.stringify({ ...((await response.json()) as object), recommendationId: "" });
    expect(text === JSON.stringify({ ...named, recommendationId: "" })).toBe(personal);
  });

  it.each(Object.keys(table))("%s by anyone, where authentication is open", async (route) => {
    const { status } = await open.request(...requestFor(route, undefined));
    expect(status).toBe(route.startsWith("DELETE") ? 204 : 200);
  });
});

describe("a stranger", () => {
  const asks: Record<string, (user: string) => [string, RequestInit?]> = {
    "a user's rows": (user) => [`/recommendations?userId=${encodeURIComponent(user)}`],
    "the same under /v1": (user) => [`/v1/recommendations?userId=${encodeURIComponent(user)}`],
    "a user's rows by a body": (user) => ["/recommendations", post({ userId: user, hide: "interacted" })],
    "what hides beside an item": (user) => [
      `/recommendations?itemId=%C3%ADtem+2&hide=interacted&numResults=500&userId=${encodeURIComponent(user)}`,
    ],
    "what a session is joined to": (user) => [
      "/recommendations",
      post({ userId: user, recent: ["ítem 3"], explain: true }),
    ],
    "why an item is for a user": (user) => [`/explain?itemId=%C3%ADtem+3&userId=${encodeURIComponent(user)}`],
    "what a user looked at last": (user) => [`/because-you-viewed?userId=${encodeURIComponent(user)}`],
    "what hides among what others viewed": (user) => [
      `/items/%C3%ADtem%202/also-viewed?numResults=500&userId=${encodeURIComponent(user)}`,
    ],
    "a session": (user) => [`/recommendations?sessionId=${encodeURIComponent(user)}`],
    "an export": (user) => [`/users/${encodeURIComponent(user)}`],
    "an erasure": (user) => [`/users/${encodeURIComponent(user)}`, { method: "DELETE" }],
    "a user's products": (user) => [`/products?user_id=${encodeURIComponent(user)}`],
  };

  it.each(Object.keys(asks))("learns nothing from %s", async (ask) => {
    const bodies = await Promise.all(
      ["user 2", "user 3", "nobody at all", "__proto__"].map(async (user) => {
        const response = await guarded.request(...asks[ask](user));
        const text = (await response.text()).replace(/"recommendationId":"[^"]+"/, "");
        // The two ids that differ between any two answers.
        response.headers.delete("x-request-id");
        return JSON.stringify([response.status, [...response.headers], text]);
      }),
    );
    expect(new Set(bodies).size).toBe(1);
    const { body } = await getJson<Answer>(guarded, "/recommendations");
    expect(body.source).toBe("popular");
    expect(body.userId).toBeUndefined();
  });

  it("may fold in a session", async () => {
    const { body } = await getJson<Answer>(guarded, "/recommendations?userId=user+2&recent=%C3%ADtem+3");
    expect(body.source).toBe("fold-in");
    const { body: alone } = await getJson<Answer>(guarded, "/recommendations?recent=%C3%ADtem+3");
    expect(body.items).toEqual(alone.items);
  });

  it("sees which model serves, but not how good it is nor how many customers it knows", async () => {
    expect(Object.keys((await getJson(guarded, "/model")).body)).toEqual(["version", "channel", "trainedAt"]);
    expect((await getJson(guarded, "/model", bearer(serverKey))).body).toMatchObject({ users: 60 });
  });
});

describe("a shopper's token", () => {
  const statusOf = async (token: string) => (await guarded.request("/popular", bearer(token))).status;

  it("means its own user where none is named", async () => {
    const { body } = await getJson<Answer>(guarded, "/recommendations", bearer(await mint("user 2")));
    expect(body).toMatchObject({ userId: "user 2", source: "als" });
  });

  it("may be signed with any secret in use, by HS256 only, for a day at most", async () => {
    expect(
      await statusOf(await mint("user 2", { by: keys.signingSecrets[0] as Uint8Array<ArrayBuffer> })),
    ).toBe(200);
    expect(await statusOf(await mint("user 2", { by: new Uint8Array(32).fill(7) }))).toBe(401);
    expect(await statusOf(await mint("user 2", { alg: "HS512", by: new Uint8Array(64).fill(7) }))).toBe(401);
    expect(await statusOf(await mint("user 2", { seconds: 2 * 24 * 3600 }))).toBe(401);
    expect(await statusOf(await mint("", {}))).toBe(401);
    const [head, , signature] = (await mint("user 2")).split(".");
    const forged = Buffer.from(JSON.stringify({ sub: "user 3", exp: now / 1000 + 60 })).toString("base64url");
    expect(await statusOf(`${head}.${forged}.${signature}`)).toBe(401);
    const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
    expect(await statusOf(`${none}.${forged}.`)).toBe(401);
    expect(await statusOf("a.b.c")).toBe(401);
  });

  it("comes as a bearer", async () => {
    for (const authorization of ["Basic dXNlcjpwYXNz", "Bearer", "Bearer a b"]) {
      expect((await guarded.request("/popular", { headers: { authorization } })).status).toBe(401);
    }
  });
});

describe("the mode", () => {
  it("is open by default only while the socket is bound to loopback, whatever the Host header says", async () => {
    let loopback = true;
    const guard = new Guard({ keys, isLoopback: () => loopback });
    const app = createApp({ serving: await smallServing(), guard });
    const asked = { headers: { host: "shop.example" } };
    const pretended = { headers: { host: "localhost" } };
    expect((await getJson(app, "/health/ready", asked)).body).toMatchObject({ auth: "open" });
    loopback = false;
    expect((await getJson(app, "/health/ready", pretended)).body).toMatchObject({ auth: "keys" });
    const { body } = await getJson<Answer>(app, "http://localhost/recommendations?userId=user+2", pretended);
    expect(body.source).toBe("popular");
    expect(new Guard({ auth: "open" }).auth).toBe("open");
    expect(new Guard({ auth: "keys", isLoopback: () => true }).auth).toBe("keys");
    expect(new Guard({}).auth).toBe("keys");
  });
});
