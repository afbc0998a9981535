import { Validator } from "@seriousme/openapi-schema-validator";
import { beforeAll, describe, expect, it } from "vitest";
import { openApiDocument } from "../../src/http/documents.ts";
import type { App } from "../../src/http/host.ts";
import { type PostmanCollection, postmanCollection } from "../../src/http/postman.ts";
import { describedRoutes } from "../../src/http/route-table.ts";
import { storedServing } from "../serving/stored-serving.ts";
import { getJson, smallApp } from "./small-app.ts";

let app: App;
beforeAll(async () => {
  const { serving } = await storedServing();
  app = await smallApp({
    ...{ auth: "open", serving, images: () => "<svg/>", shoppers: [], prefixOf: () => "/prod" },
  });
});

/** Every value under a key, anywhere. */
function valuesOf(key: string, inside: unknown): unknown[] {
  if (typeof inside !== "object" || inside === null) return [];
  return Object.entries(inside).flatMap(([name, value]) => [
    ...(name === key ? [value] : []),
    ...valuesOf(key, value),
  ]);
}

describe("/openapi.json", () => {
  it("is OpenAPI 3.1 of every route, behind the gateway's prefix", async () => {
    const { status, body } = await getJson(app, "/openapi.json");
    expect(status).toBe(200);
    expect(body.openapi).toBe("3.1.0");
    expect(body.servers).toMatchObject([{ url: "/prod" }, { url: "/prod/v1" }]);
    const routes = Object.entries(body.paths as object).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.sort()).toEqual(
      describedRoutes(app)
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    );
  });

  it("is what the specification's own schema allows, with every shape that the server can take", async () => {
    const bare = await smallApp({ auth: "open" });
    for (const document of [openApiDocument(app, "/prod"), openApiDocument(bare)]) {
      const { valid, errors } = await new Validator().validate(structuredClone(document) as never);
      expect(errors).toBeUndefined();
      expect(valid).toBe(true);
    }
    const broken = { ...openApiDocument(app), paths: { "/x": { get: { responses: 7 } } } };
    expect((await new Validator().validate(broken as never)).valid).toBe(false);
  });

  it("refers only to what it holds, and names each operation's parameters", () => {
    const document = openApiDocument(app);
    const held = new Set(
      Object.keys(document.components?.schemas ?? {}).map((name) => `#/components/schemas/${name}`),
    );
    const used = valuesOf("$ref", document) as string[];
    expect(used.filter((reference) => !held.has(reference))).toEqual([]);
    expect(held.has("#/components/schemas/Answer")).toBe(true);
    const parameters = document.paths?.["/recommendations"]?.get?.parameters as {
      name: string;
      schema: object;
      description?: string;
    }[];
    for (const { name, description } of parameters) expect(description, name).toMatch(/\w+ \w+/);
    expect(parameters.find(({ name }) => name === "hide")?.schema).toMatchObject({ default: "purchased" });
    expect(parameters.map(({ name }) => name)).toContain("minPrice");
    expect(parameters.find(({ name }) => name === "numResults")?.schema).toMatchObject({
      type: "integer",
      minimum: 1,
      maximum: 500,
      default: 25,
    });
    expect(parameters.find(({ name }) => name === "recent")?.schema).toMatchObject({ type: "array" });
    expect(document.paths?.["/recommendations"]?.post?.requestBody).toMatchObject({
      content: {
        "application/json": {
          schema: {
            oneOf: [
              { additionalProperties: false },
              { $ref: "#/components/schemas/GetRecommendationsRequest" },
            ],
          },
        },
      },
    });
  });
});

describe("each operation", () => {
  it("declares what its path names, and describes each answer, problems among them", () => {
    for (const [path, methods] of Object.entries(openApiDocument(app).paths ?? {})) {
      for (const operation of Object.values(methods) as Operation[]) {
        const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
        const named = [...path.matchAll(/\{(.+?)\}/g)].map(([, name]) => name);
        expect(inPath.map(({ name, required }) => [name, required])).toEqual(
          named.map((name) => [name, true]),
        );
        const answers = Object.values(operation.responses);
        expect(answers.length).toBeGreaterThan(0);
        for (const { description } of answers) expect(description).toMatch(/\w/);
        expect(answers.flatMap(({ content }) => Object.keys(content ?? {}))).toContain(
          "application/problem+json",
        );
      }
    }
  });
});

interface Operation {
  parameters?: { name: string; in: string; required?: boolean }[];
  responses: Record<string, { description: string; content?: object }>;
}

describe("the Postman collection", () => {
  it("has a folder per tag and a tested request for every operation", async () => {
    const { body } = await getJson<PostmanCollection>(app, "http://shop.example/postman.json");
    expect(body.info.schema).toMatch(/v2\.1\.0/);
    expect(body.variable[0]).toEqual({ key: "baseUrl", value: "http://shop.example/prod" });
    expect(body.item.map((folder) => folder.name)).toEqual([
      ...["Recommendations", "Catalogue", "Storefront", "Events", "Operation", "Documents"],
    ]);
    const requests = body.item.flatMap((folder) => folder.item);
    const asked = new Set(requests.map(({ request }) => `${request.method} ${request.url.path.join("/")}`));
    for (const { method, path } of describedRoutes(app)) {
      expect(asked).toContain(`${method} ${path.slice(1).replace(/\{(.+?)\}/, ":$1")}`);
    }
    for (const { event } of requests) {
      const [{ listen, script }] = event;
      expect(listen).toBe("test");
      // Each script is a program: a slip in it would only show in Postman.
      expect(() => new Function("pm", script.exec.join("\n"))).not.toThrow();
      expect(script.exec.join("\n")).toMatch(/have\.status\((200|204)\)/);
    }
  });

  it("sends what each sample gives, all of it and no more", async () => {
    const { body } = await getJson<PostmanCollection>(app, "/postman.json");
    for (const { name, request } of body.item.flatMap((folder) => folder.item)) {
      const { raw, query } = request.url;
      const sent = query.filter(({ disabled }) => !disabled).map(({ key, value }) => `${key}=${value}`);
      expect(sent.sort(), name).toEqual((raw.split("?")[1]?.split("&") ?? []).sort());
    }
    expect(JSON.stringify(body)).toContain('"filterValues[PRICE]"');
  });

  it("says where it was asked for, and goes behind another gateway's prefix with the next request", async () => {
    for (const host of ["http://one.example", "http://two.example", "http://one.example"]) {
      const { body } = await getJson<PostmanCollection>(app, `${host}/postman.json`);
      expect(body.variable[0].value).toBe(`${host}/prod`);
      expect((await getJson(app, `${host}/openapi.json`)).body.servers).toMatchObject([{ url: "/prod" }, {}]);
    }
  });

  it("is the same each time, so that it can be kept in a repository", () => {
    const one = postmanCollection(openApiDocument(app), "http://localhost:3000");
    const two = postmanCollection(openApiDocument(app), "http://localhost:3000");
    expect(JSON.stringify(one)).toBe(JSON.stringify(two));
  });
});
