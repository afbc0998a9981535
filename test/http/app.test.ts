import { beforeAll, describe, expect, it } from "vitest";
import type { App } from "../../src/http/host.ts";
import { Serving } from "../../src/serving/serving.ts";
import { logged, MemorySource, smallSource } from "../serving/small-shop.ts";
import { getJson, post, smallApp } from "./small-app.ts";

let app: App;
beforeAll(async () => {
  app = await smallApp({ auth: "open", allowedOrigins: ["https://shop.example"] });
});

describe("the catalogue's routes", () => {
  it("list, find and name", async () => {
    const { headers, body } = await getJson(app, "/items?page=2&category=odd");
    expect(headers.get("cache-control")).toBe("public, max-age=60");
    expect(body).toMatchObject({ page: 2, pageSize: 24, total: 20, items: [] });
    expect((await getJson(app, "/items/new")).body).toMatchObject({ itemId: "new", title: "Árrived today" });
    expect((await getJson(app, "/items/unheard")).status).toBe(404);
    expect((await getJson(app, "/categories")).body).toEqual({ categories: ["even", "odd"] });
    expect((await getJson(app, "/items?q=number%2013")).body).toMatchObject({ total: 1 });
  });

  it("draw images and show shoppers only where the host has them", async () => {
    expect((await app.request("/images/mug.svg")).status).toBe(404);
    expect((await app.request("/shoppers")).status).toBe(404);
    const images = (name: string) => (name === "mug" ? "<svg/>" : undefined);
    const demo = await smallApp({ auth: "open", images, shoppers: [{ id: "1", persona: "cook" }] });
    const image = await demo.request("/images/mug.svg");
    expect(image.headers.get("content-type")).toBe("image/svg+xml");
    expect(await image.text()).toBe("<svg/>");
    expect((await demo.request("/images/mug.png")).status).toBe(404);
    expect((await demo.request("/images/jug.svg")).status).toBe(404);
    expect((await getJson(demo, "/shoppers")).body).toEqual({
      page: 1,
      pageSize: 100,
      total: 1,
      shoppers: [{ id: "1", persona: "cook" }],
    });
  });
});

describe("what cannot be answered", () => {
  it("is 404 for an unknown route", async () => {
    const { status, headers, body } = await getJson(app, "/recommendation");
    expect(status).toBe(404);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(body).toEqual({
      type: "urn:aisle:problem:not-found",
      title: "Not found",
      status: 404,
      detail: "No route has this path.",
    });
  });

  it("is 405 for a wrong method, and says which are right", async () => {
    const { status, headers } = await getJson(app, "/recommendations", { method: "DELETE" });
    expect(status).toBe(405);
    expect(headers.get("allow")).toBe("GET, POST, HEAD");
    expect((await getJson(app, "/items/x/similar", post({}))).headers.get("allow")).toBe("GET, HEAD");
    expect((await app.request("/popular", { method: "HEAD" })).status).toBe(200);
  });

  it("is 501 for whatever needs a store of activity, without one", async () => {
    for (const path of ["/events", "/items", "/users"]) {
      expect((await getJson(app, path, post({}))).status).toBe(501);
    }
    expect((await getJson(app, "/users/42")).status).toBe(501);
    expect((await getJson(app, "/users/42", { method: "DELETE" })).status).toBe(501);
  });

  it("is a bare 500 for what nobody expected, said in the log only", async () => {
    const broken = {
      answer: () => {
        throw new TypeError("secret: a table is missing");
      },
    } as unknown as Serving;
    const { status, body } = await getJson(
      await smallApp({ auth: "open", serving: broken }),
      "/recommendations",
    );
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toMatch(/secret|TypeError|at /);
    expect(logged.at(-1)).toBe("error: request failed");
  });
});

describe("routes under /v1", () => {
  it("are the same", async () => {
    expect((await getJson(app, "/v1/recommendations?numResults=2")).body).toMatchObject({
      source: "popular",
    });
    expect((await app.request("/v1/openapi.json")).status).toBe(200);
    expect((await app.request("/v1/nothing")).status).toBe(404);
    expect((await app.request("/v2/recommendations")).status).toBe(404);
  });
});

describe("CORS", () => {
  const from = (origin: string) => ({ headers: { origin } });

  it("lets the shop's pages read answers and errors alike", async () => {
    for (const path of ["/popular", "/popular?x=1", "/nowhere", "/health/ready"]) {
      const { headers } = await app.request(path, from("https://shop.example"));
      expect(headers.get("access-control-allow-origin")).toBe("https://shop.example");
      expect(headers.get("vary")).toMatch(/Origin/);
    }
  });

  it("lets them read why they were refused, whatever the reason", async () => {
    const limits = { anonymous: { perSecond: 0.001, burst: 6 } };
    const strict = await smallApp({ allowedOrigins: ["https://shop.example"], limits });
    const origin = { origin: "https://shop.example" };
    const requests: [number, string, RequestInit][] = [
      [401, "/popular", { headers: { ...origin, authorization: "Bearer nobody" } }],
      [405, "/popular", { method: "DELETE", headers: origin }],
      [415, "/recommendations", post("a=1", { ...origin, "content-type": "text/plain" })],
      [413, "/recommendations", post("x".repeat(1_100_000), origin)],
      [501, "/events", post({}, origin)],
      [404, "/items/unheard", { headers: origin }],
      [200, "/popular", { headers: origin }],
      [429, "/popular", { headers: origin }],
    ];
    for (const [expected, path, init] of requests) {
      const { status, headers } = await strict.request(path, init);
      expect(status).toBe(expected);
      expect(headers.get("access-control-allow-origin")).toBe("https://shop.example");
      expect(headers.get("access-control-expose-headers")).toMatch(/Retry-After/);
    }
  });

  it("lets no other page read anything", async () => {
    const { headers } = await app.request("/popular", from("https://other.example"));
    expect(headers.get("access-control-allow-origin")).toBeNull();
    const closed = await smallApp({ auth: "open" });
    expect(
      (await closed.request("/popular", from("https://a.b"))).headers.get("access-control-allow-origin"),
    ).toBeNull();
  });

  it("answers a preflight", async () => {
    const response = await app.request("/recommendations", {
      method: "OPTIONS",
      headers: { origin: "https://shop.example", "access-control-request-method": "POST" },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-headers")).toBe(
      "Authorization,Content-Type,X-Aisle-Authorization,X-Api-Key,X-Amz-Date,X-Amz-Security-Token",
    );
    expect(response.headers.get("access-control-allow-methods")).toBe("GET,HEAD,POST,DELETE");
  });
});

describe("health", () => {
  it("is ready with a model, and says which and who may ask", async () => {
    expect((await getJson(app, "/health/live")).body).toEqual({ state: "live" });
    expect((await getJson(app, "/health/ready")).body).toEqual({
      state: "ready",
      auth: "open",
      model: { version: "v1", channel: "production" },
      catalog: { version: "c1" },
    });
    expect((await getJson(app, "/model")).body).toMatchObject({
      version: "v1",
      trainedAt: "2026-01-02T03:04:05Z",
      users: 60,
      metrics: { all: { "ndcg@10": 0.25 } },
    });
  });

  it("is not ready without a model, and every answer says so until there is one", async () => {
    const source = smallSource();
    const { state } = source;
    source.state = undefined;
    const serving = await Serving.start({ source });
    const empty = await smallApp({ auth: "open", serving });
    for (const path of ["/recommendations", "/model", "/popular", "/items", "/products", "/health/ready"]) {
      const { status, headers, body } = await getJson(empty, path);
      expect(status).toBe(503);
      expect(body).toMatchObject({ status: 503, type: expect.stringMatching(/no-model|not-ready/) });
      expect(headers.get("retry-after")).toBe("5");
    }
    expect((await empty.request("/health/live")).status).toBe(200);
    source.state = state;
    await serving.refresh();
    expect((await empty.request("/health/ready")).status).toBe(200);
  });

  it("is not ready while a better model is being trained, though it answers", async () => {
    let progress: { step: string } | undefined = { step: "trial 1 of 4" };
    const training = await smallApp({ auth: "open", training: () => progress });
    const { status, body } = await getJson(training, "/health/ready");
    expect(status).toBe(503);
    expect(body).toMatchObject({
      state: "training",
      training: { step: "trial 1 of 4" },
      model: { version: "v1" },
    });
    expect((await training.request("/recommendations")).status).toBe(200);
    progress = undefined;
    expect((await training.request("/health/ready")).status).toBe(200);
  });

  it("never waits for a store", async () => {
    const source = new MemorySource();
    const serving = await Serving.start({ source });
    source.readChannel = () => new Promise(() => {});
    const stuck = await smallApp({ auth: "open", serving });
    expect((await stuck.request("/health/ready")).status).toBe(503);
  });
});
