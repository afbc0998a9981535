import type { z } from "@hono/zod-openapi";
import type { App } from "./host.ts";

export interface RouteEntry {
  /** in capitals */
  readonly method: string;
  /** as OpenAPI writes it: `/items/{id}` */
  readonly path: string;
  /** names of the query's parameters and of the body's, where they are fixed */
  readonly names: Readonly<Record<"query" | "body", readonly string[]>>;
  /** what checks each place */
  readonly schemas: Readonly<Record<"query" | "path" | "body", z.ZodType | undefined>>;
}

/** The routes that the OpenAPI document describes. */
export function describedRoutes(app: App): RouteEntry[] {
  return app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== "route") return [];
    const { method, path, request } = definition.route;
    const content = request?.body?.content["application/json"];
    const body = content !== undefined && "schema" in content ? content.schema : undefined;
    const names = { query: namesOf(request?.query), body: namesOf(body) };
    const schemas = {
      query: schemaOf(request?.query),
      path: schemaOf(request?.params),
      body: schemaOf(body),
    };
    return [{ method: method.toUpperCase(), path, names, schemas }];
  });
}

export function findRoutes(app: App, path: string): RouteEntry[] {
  return describedRoutes(app).filter((route) => templatePattern(route.path).test(path));
}

function templatePattern(template: string): RegExp {
  const parts = template.split(/\{[^}]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^/]+")}$`);
}

function namesOf(schema: unknown): string[] {
  return typeof schema === "object" && schema !== null && "shape" in schema
    ? Object.keys(schema.shape as object)
    : [];
}

function schemaOf(schema: unknown): z.ZodType | undefined {
  return typeof schema === "object" && schema !== null && "safeParse" in schema
    ? (schema as z.ZodType)
    : undefined;
}
