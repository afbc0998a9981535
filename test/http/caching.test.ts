import { beforeAll, describe, expect, it } from "vitest";
import { openApiDocument } from "../../src/http/documents.ts";
import type { App } from "../../src/http/host.ts";
import { smallApp } from "./small-app.ts";

let app: App;
beforeAll(async () => {
  const images = () => "<svg/>";
  app = await smallApp({ auth: "open", images, allowedOrigins: ["https://shop.example"] });
});

describe("what is the same for everybody", () => {
  const paths = [
    ...["/items?page=1", "/v1/items/new", "/categories", "/images/mug.svg"],
    ...["/openapi.json", "/postman.json"],
  ];

  it.each(paths)("is not sent twice: %s", async (path) => {
    const headers = { origin: "https://shop.example" };
    const first = await app.request(path, { headers });
    const etag = first.headers.get("etag");
    expect(etag).toMatch(/^(W\/)?"[\w-]+"$/);
    expect(first.headers.get("cache-control")).toMatch(/^public, max-age=\d+$/);
    const again = await app.request(path, { headers: { ...headers, "if-none-match": etag! } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
    for (const name of ["etag", "cache-control", "access-control-allow-origin", "vary"]) {
      expect(again.headers.get(name), name).toBe(first.headers.get(name));
    }
    expect(again.headers.get("x-request-id")).not.toBeNull();
    const other = await app.request(path, { headers: { "if-none-match": '"another"' } });
    expect(other.status).toBe(200);
    expect(await other.text()).toBe(await first.text());
  });

  it("is said to be so in the contract, and nothing else is", () => {
    const paths = Object.entries(openApiDocument(app).paths ?? {});
    const cached = paths.filter(([, { get }]) => get?.responses?.["304"]).map(([path]) => path);
    expect(cached.sort()).toEqual([
      ...["/categories", "/images/{file}", "/items", "/items/{id}", "/openapi.json", "/postman.json"],
    ]);
  });

  it("is told apart when it differs", async () => {
    const etagOf = async (path: string) => (await app.request(path)).headers.get("etag");
    expect(await etagOf("/items?category=even")).not.toBe(await etagOf("/items?category=odd"));
  });
});

describe("what is one shopper's, or changes with each request", () => {
  const paths = [
    ...["/recommendations?userId=user+2", "/popular", "/items/new/similar", "/products?user_id=user+2"],
    ...["/health/ready", "/model", "/items/unheard", "/nowhere"],
  ];

  it.each(paths)("is kept by nobody: %s", async (path) => {
    const { headers } = await app.request(path);
    if (path === "/items/unheard") expect(headers.get("cache-control")).toBe("no-store");
    else expect(headers.get("etag")).toBeNull();
    expect(headers.get("cache-control")).toMatch(/no-store/);
  });
});
