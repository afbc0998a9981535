import { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { etag, RETAINED_304_HEADERS } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { getPath } from "hono/utils/url";
import { log } from "../log.ts";
import { NoModelError, QueryError } from "../serving/query.ts";
import { addActivity } from "./activity.ts";
import { answerAwsErrors } from "./aws-errors.ts";
import { addDialect } from "./dialect.ts";
import { addDocuments } from "./documents.ts";
import { reportError, textsGiven } from "./error-report.ts";
import { gatherFilterValues } from "./filter-values.ts";
import { addHealth, addModel, noModel } from "./health.ts";
import type { App, AppEnv, Host } from "./host.ts";
import { identifyCallers, ownAuthorization } from "./identify.ts";
import { refuseInvalid } from "./invalid-requests.ts";
import { addCatalog, addImages, addShoppers } from "./items.ts";
import { internalError, invalidParameters, methodNotAllowed, notFound, Problem } from "./problem.ts";
import { addRecommendations } from "./recommendations.ts";
import { routeTemplate, traceRequests } from "./request-trace.ts";
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

const bodyBytesMax = 1024 * 1024;

/** The one application, for a port, a gateway and tests alike. */
export function createApp(host: Host): App {
  const app: App = new OpenAPIHono<AppEnv>({
    getPath: withoutVersion,
    defaultHook: (result, c) => refuse(result, c),
  });
  const refuse = refuseInvalid(app);
  app.onError(async (error, c) => {
    const known = problemOf(error, c.req.method);
    if (known !== undefined) return known.toResponse();
    const { requestId } = c.get("trace").names;
    const report = reportError(error, await textsGiven(c));
    log.error("request failed", { requestId, route: routeTemplate(app, c), error: report });
    return internalError().toResponse();
  });
  app.notFound((c) => {
    const described = findRoutes(app, c.req.path).map(({ method }) => method);
    const allowed = described.includes("GET") ? [...described, "HEAD"] : described;
    const wrongMethod = allowed.length > 0 && !allowed.includes(c.req.method);
    return (
      wrongMethod ? methodNotAllowed(c.req.method, allowed) : notFound("No route has this path.")
    ).toResponse();
  });
  app.use(traceRequests(app, host));
  app.use(neverSniffed);
  app.use(answerAwsErrors);
  if (host.allowedOrigins?.length) app.use(corsFor(host.allowedOrigins));
  app.use(bodyLimit({ maxSize: bodyBytesMax, onError: () => tooLarge().toResponse() }));
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

const neverSniffed: MiddlewareHandler = async (c, next) => {
  await next();
  c.header("X-Content-Type-Options", "nosniff");
};

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

/** The one place where errors become answers; `undefined` for what nobody expected, which goes to the log only. */
function problemOf(error: unknown, method: string): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof NoModelError) return noModel();
  if (error instanceof QueryError) {
    const place = method === "POST" ? "body" : "query";
    return invalidParameters(error.faults.map((fault) => ({ ...fault, in: place })));
  }
  if (error instanceof HTTPException && error.status === 415) return notJson();
  if (error instanceof HTTPException && error.status === 400) return malformedJson();
  return undefined;
}

function tooLarge(): Problem {
  const detail = `A body has at most ${bodyBytesMax} bytes.`;
  return new Problem({ name: "too-large", status: 413, title: "Body too large", detail });
}

function notJson(): Problem {
  const detail = "The body must be JSON, and its Content-Type application/json.";
  return new Problem({ name: "not-json", status: 415, title: "Unsupported media type", detail });
}

function malformedJson(): Problem {
  return invalidParameters([{ parameter: "body", in: "body", detail: "is not valid JSON" }]);
}
