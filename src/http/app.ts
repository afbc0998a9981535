import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { etag, RETAINED_304_HEADERS } from "hono/etag";
import { getPath } from "hono/utils/url";
import { addActivity } from "./activity.ts";
import { answerAwsErrors } from "./aws-errors.ts";
import { addDialect } from "./dialect.ts";
import { addDocuments } from "./documents.ts";
import { gatherFilterValues } from "./filter-values.ts";
import { addHealth, addModel } from "./health.ts";
import type { App, Host } from "./host.ts";
import { identifyCallers, ownAuthorization } from "./identify.ts";
import { addCatalog, addImages, addShoppers } from "./items.ts";
import { notJson, problemOf } from "./known-problems.ts";
import { limitBodies, newApp } from "./new-app.ts";
import { addRecommendations } from "./recommendations.ts";
import { findRoutes } from "./route-table.ts";
import { addShelves } from "./shelves.ts";

/** What changes seldom and is the same for everybody: a caller that has it already gets a 304. */
const revalidated = [
  "/items",
  "/items/:id",
  "/categories",
  "/images/:file",
  "/openapi.json",
  "/postman.json",
];
/** Without these a page of another origin could not read what it has. */
const keptBy304 = ["access-control-allow-origin", "access-control-expose-headers", "x-request-id"];

/** The one application, for a port, a gateway and tests alike. */
export function createApp(host: Host): App {
  const app = newApp(host, problemOf, withoutVersion);
  app.use(answerAwsErrors);
  if (host.allowedOrigins?.length) app.use(corsFor(host.allowedOrigins));
  app.use(limitBodies());
  app.on("GET", revalidated, etag({ retainedHeaders: [...RETAINED_304_HEADERS, ...keptBy304] }));
  addHealth(app, host);
  if (host.images) addImages(app, host.images);
  // What comes after this line knows who asks, and is what could be scraped.
  app.use(identifyCallers(host));
  app.use(gatherFilterValues);
  app.post("*", async (c, next) => {
    // Without a type the validators see no body at all, and would answer as if nothing had been asked.
    const isTyped = c.req.header("content-type") !== undefined;
    if (!isTyped && findRoutes(app, c.req.path).some(({ method }) => method === "POST")) throw notJson();
    await next();
  });
  addModel(app, host);
  addDialect(app, host);
  addRecommendations(app, host);
  addShelves(app, host);
  addCatalog(app, host);
  if (host.shoppers) addShoppers(app, host.shoppers);
  addActivity(app, host);
  addDocuments(app, host);
  return app;
}

/** Every route lives at the root and under `/v1`; its rules are written once. */
function withoutVersion(request: Request): string {
  const path = getPath(request);
  return path.startsWith("/v1/") ? path.slice(3) : path;
}

function corsFor(origins: readonly string[]): MiddlewareHandler {
  return cors({
    origin: origins.includes("*") ? "*" : [...origins],
    allowMethods: ["GET", "HEAD", "POST", "DELETE"],
    // The last three are a gateway's: its key, and a signature's.
    allowHeaders: [
      ...["Authorization", "Content-Type", ownAuthorization],
      ...["X-Api-Key", "X-Amz-Date", "X-Amz-Security-Token"],
    ],
    exposeHeaders: ["Retry-After", "X-Request-Id", "Server-Timing"],
    maxAge: 600,
  });
}
