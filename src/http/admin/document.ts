import { createRoute, z } from "@hono/zod-openapi";
import { responses } from "../answers.ts";
import type { OpenApiDocument } from "../documents.ts";
import type { App } from "../host.ts";
import type { AdminHost } from "./admin-host.ts";
import { nothing, tags, unshared } from "./admin-responses.ts";

const document = z.record(z.string(), z.string()).openapi({ type: "object", additionalProperties: true });

const getOpenApi = createRoute({
  method: "get",
  path: "/admin/openapi.json",
  tags: tags.state,
  summary: "This contract",
  request: nothing,
  responses: responses(document, "OpenAPI 3.1"),
});

/** OpenAPI 3.1 of the merchant's routes. `prefix` is what a gateway puts before the paths. */
export function adminDocument(app: App, prefix = ""): OpenApiDocument {
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "aisle, for the merchant",
      version: "1",
      description:
        "What is live, how it fares, and what to change: models, rules, rollbacks. For admin keys, or a browser that " +
        "has signed in with one. Errors are RFC 9457 problems that name every wrong parameter.",
      license: { name: "MIT" },
    },
    servers: [{ url: prefix === "" ? "/" : prefix }],
    security: [{ bearer: [] }, { session: [] }],
    tags: Object.values(tags).map(([name]) => ({ name })),
  });
}

export function addAdminDocument(app: App, { prefixOf }: AdminHost): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "an admin key: aisle keys create --role admin",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "session", {
    ...{ type: "apiKey", in: "cookie", name: "aisle-admin" },
    description: "what POST /admin/session sets, under a name of its own for each port",
  });
  app.openapi(getOpenApi, (c) => {
    const described = adminDocument(app, prefixOf?.(c.env) ?? "") as object as Record<string, string>;
    return c.json(described, 200, unshared);
  });
}
