import { createHash } from "node:crypto";
import { createRoute, z } from "@hono/zod-openapi";
import { cachedResponses } from "./answers.ts";
import type { App, Host } from "./host.ts";
import { postmanCollection } from "./postman.ts";

export type OpenApiDocument = ReturnType<App["getOpenAPI31Document"]>;

/** Both documents have schemas of their own elsewhere; here they are any JSON. */
const document = z.record(z.string(), z.string()).openapi({ type: "object", additionalProperties: true });

const getOpenApi = createRoute({
  method: "get",
  path: "/openapi.json",
  tags: ["Documents"],
  summary: "This contract",
  request: { query: z.strictObject({}) },
  responses: cachedResponses(document, "OpenAPI 3.1"),
});

const getPostman = createRoute({
  method: "get",
  path: "/postman.json",
  tags: ["Documents"],
  summary: "The contract as a Postman collection",
  request: { query: z.strictObject({}) },
  responses: cachedResponses(document, "A collection of format 2.1"),
});

/** OpenAPI 3.1 of every route, from the schemas that validate. `prefix` is what a gateway puts before the paths. */
export function openApiDocument(app: App, prefix = ""): OpenApiDocument {
  const tags = ["Recommendations", "Catalogue", "Storefront", "Events", "Operation", "Documents"];
  const described = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "aisle",
      version: "1",
      description:
        "Personal recommendations. A shop's own server asks with a key, a shopper's browser with a short-lived " +
        "token; strangers get what concerns nobody. Errors are RFC 9457 problems that name every wrong parameter.",
      license: { name: "MIT" },
    },
    servers: [
      { url: prefix === "" ? "/" : prefix },
      { url: `${prefix}/v1`, description: "the same, for those who pin" },
    ],
    security: [{}, { bearer: [] }, { signature: [] }],
    tags: tags.map((name) => ({ name })),
  });
  return withDialect(described);
}

/** Bodies and answers of POST /recommendations are ours or Amazon Personalize's, which are told apart before either is checked. */
function withDialect(described: OpenApiDocument): OpenApiDocument {
  const operation = described.paths?.["/recommendations"]?.post;
  const media = (of: unknown) => (of as MediaHolder | undefined)?.content?.["application/json"];
  const add = (to: MediaType | undefined, name: string) => {
    if (to) to.schema = { oneOf: [to.schema, { $ref: `#/components/schemas/${name}` }] };
  };
  add(media(operation?.requestBody), "GetRecommendationsRequest");
  add(media(operation?.responses?.["200"]), "GetRecommendationsResponse");
  return described;
}

interface MediaType {
  schema: unknown;
}

interface MediaHolder {
  readonly content?: Readonly<Record<string, MediaType>>;
}

export function addDocuments(app: App, { prefixOf }: Host): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "signature", {
    type: "apiKey",
    in: "header",
    name: "Authorization",
    description: "AWS Signature Version 4 for the service `personalize`, by a server's key pair",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "a server key, or a shopper's HS256 JWT whose `sub` is the user",
  });
  const cached = { "Cache-Control": "public, max-age=300" };
  const documentOf = lastMade((prefix) => openApiDocument(app, prefix));
  const openApiOf = lastMade((prefix) => written(documentOf(prefix)));
  const collectionOf = lastMade((baseUrl) => written(postmanCollection(documentOf(""), baseUrl)));
  const answer = ({ bytes, etag }: Written) =>
    new Response(bytes, { headers: { ...cached, "Content-Type": "application/json", ETag: etag } });
  app.openapi(getOpenApi, (c) => answer(openApiOf(prefixOf?.(c.env) ?? "")));
  app.openapi(getPostman, (c) => {
    const baseUrl = `${new URL(c.req.url).origin}${prefixOf?.(c.env) ?? ""}`;
    return answer(collectionOf(baseUrl));
  });
}

interface Written {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

function written(document: object): Written {
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  return { bytes, etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"` };
}

/** What is made from the same again need not be: to write the whole document takes milliseconds. */
function lastMade<T>(make: (from: string) => T): (from: string) => T {
  let last: { from: string; made: T } | undefined;
  return (from) => {
    if (last?.from !== from) last = { from, made: make(from) };
    return last.made;
  };
}
