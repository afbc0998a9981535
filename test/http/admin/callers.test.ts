import { beforeAll, describe, expect, it } from "vitest";
import { createAdminApp } from "../../../src/http/admin/app.ts";
import type { App } from "../../../src/http/host.ts";
import { describedRoutes } from "../../../src/http/route-table.ts";
import { keys, mint, serverKey } from "../small-app.ts";
import { type AdminShop, adminShop, now, startKey } from "./admin-shop.ts";

let shop: AdminShop;
beforeAll(async () => {
  shop = await adminShop();
});

const empty = { filters: {}, promotions: [], pins: [], boosts: [] };

/** Each route with a request that an admin is answered 2xx to, and what it is. */
const routes: Record<string, { body?: unknown; status?: number; ifMatch?: "channel" | "rules" }> = {
  "GET /admin/session": {},
  "GET /admin/summary": {},
  "GET /admin/attribution": {},
  "GET /admin/shelf": {},
  "GET /admin/items": {},
  "GET /admin/shoppers": {},
  "GET /admin/report": { status: 404 },
  "GET /admin/models": {},
  "GET /admin/models/{version}": {},
  "GET /admin/channel": {},
  "POST /admin/channel/promote": { body: { version: "{version}", reason: "a test" }, ifMatch: "channel" },
  "POST /admin/channel/rollback": { body: { reason: "a test" }, ifMatch: "channel" },
  "GET /admin/runs": {},
  "GET /admin/runs/{run}": { status: 404 },
  "GET /admin/rules": {},
  "GET /admin/rules/{version}": {},
  "PUT /admin/rules": { body: { rules: empty, reason: "a test" }, ifMatch: "rules" },
  "POST /admin/rules/restore": { body: { version: "none", reason: "a test" }, ifMatch: "rules" },
  "POST /admin/rules/preview": { body: { rules: empty } },
  "POST /admin/rules/cost": { body: { rules: empty, users: 50 } },
  "GET /admin/openapi.json": {},
};

const site = { "sec-fetch-site": "same-origin" };
const cookie = { cookie: `aisle-admin-3000=${encodeURIComponent(startKey)}` };
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Who asks: headers, where from, and what they get instead of the route's own answer. */
const callers: Record<
  string,
  { headers: () => Promise<object>; env?: string; refused?: number; reads?: true }
> = {
  nobody: { headers: async () => ({ origin: "http://localhost:3000" }), refused: 401 },
  "nobody, from nowhere": { headers: async () => ({}), refused: 401 },
  "an unknown key": { headers: async () => bearer("no such key"), refused: 401 },
  "a shopper": { headers: async () => bearer(await mint("user 2")), refused: 401 },
  "a server's key": { headers: async () => bearer(serverKey), refused: 403 },
  "an admin key": { headers: async () => bearer("admin-key") },
  "an admin key, from another page": {
    headers: async () => ({ ...bearer("admin-key"), "sec-fetch-site": "cross-site" }),
  },
  "the start's key from this machine": { headers: async () => bearer(startKey), env: "local" },
  "the start's key from elsewhere": { headers: async () => bearer(startKey), env: "far", refused: 403 },
  "the page": { headers: async () => ({ ...cookie, ...site }), env: "local" },
  "the page in a browser that tells no site": {
    headers: async () => ({ ...cookie, origin: "http://localhost:3000" }),
    env: "local",
  },
  "the page's cookie from elsewhere": {
    headers: async () => ({ ...cookie, ...site }),
    env: "far",
    refused: 403,
  },
  "another site with the cookie": {
    headers: async () => ({ ...cookie, "sec-fetch-site": "cross-site" }),
    env: "local",
    refused: 403,
  },
  "another port of this machine with the cookie": {
    headers: async () => ({ ...cookie, "sec-fetch-site": "same-site" }),
    env: "local",
    refused: 403,
  },
  "another origin, in a browser that tells no site": {
    headers: async () => ({ ...cookie, origin: "http://localhost:4000" }),
    env: "local",
    refused: 403,
  },
  "the address bar with the cookie": {
    headers: async () => ({ ...cookie, "sec-fetch-site": "none" }),
    env: "local",
    reads: true,
  },
  "the cookie alone": { headers: async () => cookie, env: "local", reads: true },
};

async function request(
  { app, better }: Pick<AdminShop, "app" | "better">,
  route: string,
  { headers, env }: { readonly headers: object; readonly env: string | undefined },
): Promise<Response> {
  const [method, template] = route.split(" ");
  const { body, ifMatch } = routes[route];
  const version = /rules/.test(route) ? "none" : better;
  const path = template.replace("{version}", version).replace("{run}", "no-run");
  const etag =
    ifMatch && (await app.request(`/admin/${ifMatch}`, { headers: bearer("admin-key") })).headers.get("etag");
  return await app.request(
    `http://localhost:3000${path}`,
    {
      method,
      headers: {
        ...headers,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(etag && { "if-match": etag }),
      },
      ...(body !== undefined && { body: JSON.stringify(body).replace("{version}", better) }),
    },
    env as never,
  );
}

describe("who may ask the merchant's routes", () => {
  it("is said of every route but signing in and out", () => {
    const described = describedRoutes(shop.app).map(({ method, path }) => `${method} ${path}`);
    const session = ["POST /admin/session", "DELETE /admin/session"];
    expect(described.filter((route) => !session.includes(route)).sort()).toEqual(Object.keys(routes).sort());
  });

  const refused = Object.keys(callers).filter((caller) => callers[caller].refused || callers[caller].reads);

  it.each(refused)("is refused to %s", async (caller) => {
    const { headers, env, refused = 403, reads } = callers[caller];
    // Wrong keys are slowed down; this is about what they get before that.
    let clock = now;
    const app = onDesk(() => (clock += 60_000));
    for (const route of Object.keys(routes)) {
      const response = await request({ ...shop, app }, route, { headers: await headers(), env });
      const isRead = reads && route.startsWith("GET");
      expect(`${route}: ${response.status}`).toBe(
        `${route}: ${isRead ? (routes[route].status ?? 200) : refused}`,
      );
      if (response.status === 401) expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
      expect(response.headers.get("cache-control")).toMatch(/no-store/);
    }
  });

  const allowed = Object.entries(callers).filter(([, { refused, reads }]) => refused === undefined && !reads);

  it.each(allowed.map(([caller]) => caller))("lets %s do everything", async (caller) => {
    const { headers, env } = callers[caller];
    const own = await adminShop();
    for (const route of Object.keys(routes)) {
      const response = await request(own, route, { headers: await headers(), env });
      expect(`${route}: ${response.status}`).toBe(`${route}: ${routes[route].status ?? 200}`);
      expect(response.headers.get("cache-control")).toMatch(/no-store/);
    }
  });
});

/** Another application on the same desk, whose patience is unspent. */
function onDesk(clock: () => number = () => now): App {
  const isLocal = (env: unknown) => env === "local";
  return createAdminApp({
    ...{ desk: shop.desk, keys, now: clock },
    startKey: { key: startKey, who: "root", isLocal },
  });
}

describe("signing in", () => {
  const signIn = (app: App, key: string, headers: object = site, env: string = "local") =>
    app.request(
      "http://localhost:3000/admin/session",
      {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ key }),
      },
      env as never,
    );

  it("gives a cookie that scripts cannot read and other sites do not send, and with it the routes", async () => {
    const app = onDesk();
    const response = await signIn(app, startKey);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ who: "root", channel: "production" });
    const set = response.headers.get("set-cookie")!;
    expect(set).toMatch(/^aisle-admin-3000=[^;]+; Max-Age=\d+; Path=\/admin; HttpOnly; SameSite=Strict$/);
    const again = await app.request(
      "http://localhost:3000/admin/session",
      { headers: { cookie: set.split(";")[0], ...site } },
      "local" as never,
    );
    expect(again.status).toBe(200);
    const out = await app.request("http://localhost:3000/admin/session", { method: "DELETE", headers: site });
    expect(out.status).toBe(204);
    expect(out.headers.get("set-cookie")).toMatch(/^aisle-admin-3000=; Max-Age=0/);
  });

  it("is secure where the address is", async () => {
    const app = onDesk();
    const response = await app.request("https://shop.example/admin/session", {
      method: "POST",
      headers: { "content-type": "application/json", ...site },
      body: JSON.stringify({ key: "admin-key" }),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("set-cookie")).toMatch(/Secure/);
  });

  it("refuses other sites, forms, and wrong keys, these ever more slowly", async () => {
    const app = onDesk();
    expect((await signIn(app, startKey, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await signIn(app, startKey, { ...site, "content-type": "text/plain" })).status).toBe(415);
    expect((await signIn(app, startKey, site, "far")).status).toBe(403);
    const statuses = [];
    for (let attempt = 0; attempt < 12; attempt++) statuses.push((await signIn(app, "guess")).status);
    expect(statuses.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => 401));
    expect(statuses.at(-1)).toBe(429);
    expect((await signIn(app, startKey)).status).toBe(200);
  });
});
