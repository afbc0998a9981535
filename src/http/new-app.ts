import { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { log } from "../log.ts";
import { reportError, textsGiven } from "./error-report.ts";
import type { App, AppEnv, Host } from "./host.ts";
import { refuseInvalid } from "./invalid-requests.ts";
import { internalError, methodNotAllowed, notFound, Problem } from "./problem.ts";
import { routeTemplate, traceRequests } from "./request-trace.ts";
import { findRoutes } from "./route-table.ts";

/** An error as it is answered; `undefined` for what nobody expected, which goes to the log only. */
export type ProblemOf = (error: unknown, method: string) => Problem | undefined;

const bodyBytesMax = 1024 * 1024;

/** An application without routes yet: what is wrong becomes a problem in one place, and every request leaves a record. */
export function newApp(
  host: Pick<Host, "namesOf" | "onAnswered" | "now"> & {
    readonly guard: Pick<Host["guard"], "signingSecrets">;
  },
  problemOf: ProblemOf,
  getPath?: (request: Request) => string,
): App {
  const app: App = new OpenAPIHono<AppEnv>({
    ...(getPath && { getPath }),
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
  return app;
}

const neverSniffed: MiddlewareHandler = async (c, next) => {
  await next();
  c.header("X-Content-Type-Options", "nosniff");
};

export function limitBodies(): MiddlewareHandler {
  return bodyLimit({ maxSize: bodyBytesMax, onError: () => tooLarge().toResponse() });
}

function tooLarge(): Problem {
  const detail = `A body has at most ${bodyBytesMax} bytes.`;
  return new Problem({ name: "too-large", status: 413, title: "Body too large", detail });
}
