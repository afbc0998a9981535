import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Answer } from "../serving/query.ts";
import type { App, AppEnv, Host } from "./host.ts";
import { findRoutes } from "./route-table.ts";
import { UserMarks } from "./user-marks.ts";

/** What is told of one answered request: no path, no query, and of a user only a mark that changes daily. */
export interface RequestRecord {
  readonly requestId: string;
  /** the root of the X-Ray trace that the request belongs to */
  readonly traceId?: string;
  readonly method: string;
  /** as OpenAPI writes it, `/items/{id}`; "unknown" where no route has the path */
  readonly route: string;
  readonly status: number;
  readonly model?: string;
  readonly source?: string;
  /** was this a known caller's personal question, and got nothing that is the user's own? */
  readonly isFallback?: boolean;
  readonly scoringMicroseconds?: number;
  readonly milliseconds: number;
  readonly user?: string;
}

/** How the place where the application runs names a request. */
export interface RequestNames {
  readonly requestId: string;
  readonly traceId?: string | undefined;
}

const impersonal: ReadonlySet<string> = new Set(["trending", "popular", "content"]);

/** What a request's own routes add to its record on the way. */
export class RequestTrace {
  readonly names: RequestNames;
  readonly begun = performance.now();
  userId: string | undefined;
  #scoringMs = 0;
  #answer: Answer | undefined;

  constructor(names: RequestNames) {
    this.names = names;
  }

  /** Runs what makes the answer, and keeps how long that took and where its rows came from. */
  scored<Made extends Answer>(userId: string | undefined, make: () => Made): Made {
    this.userId = userId;
    const begun = performance.now();
    try {
      const made = make();
      this.#answer = made;
      return made;
    } finally {
      this.#scoringMs += performance.now() - begun;
    }
  }

  /** The part of the record that is known from the answer; nothing where no rows were asked for. */
  get scoring(): Pick<RequestRecord, "model" | "source" | "isFallback" | "scoringMicroseconds"> {
    if (this.#answer === undefined) return {};
    const { model, source, items } = this.#answer;
    const isFallback = items.every((item) => impersonal.has(item.source));
    return {
      model: model.version,
      source,
      ...(this.userId === undefined ? {} : { isFallback }),
      scoringMicroseconds: Math.round(this.#scoringMs * 1000),
    };
  }
}

/** Comes first, so that a record tells of everything that happens to a request, errors too. */
export function traceRequests(
  app: App,
  host: Pick<Host, "namesOf" | "onAnswered" | "now"> & {
    readonly guard: Pick<Host["guard"], "signingSecrets">;
  },
): MiddlewareHandler<AppEnv> {
  const marks = new UserMarks(() => host.guard.signingSecrets, host.now);
  const namesOf = host.namesOf ?? (() => ({ requestId: crypto.randomUUID() }));
  return async (c, next) => {
    const trace = new RequestTrace(namesOf(c.env));
    c.set("trace", trace);
    await next();
    c.header("X-Request-Id", trace.names.requestId);
    tellTime(c, trace);
    host.onAnswered?.(recordOf(app, c, trace, marks));
  };
}

/** Not to strangers: how long it took would tell them whether somebody is known. */
function tellTime(c: Context<AppEnv>, { scoring: { scoringMicroseconds } }: RequestTrace): void {
  const caller: AppEnv["Variables"]["caller"] | undefined = c.get("caller");
  if (scoringMicroseconds === undefined || caller === undefined || caller.kind === "anonymous") return;
  c.header("Server-Timing", `score;dur=${scoringMicroseconds / 1000}`);
}

function recordOf(app: App, c: Context<AppEnv>, trace: RequestTrace, marks: UserMarks): RequestRecord {
  const { requestId, traceId } = trace.names;
  const caller: AppEnv["Variables"]["caller"] | undefined = c.get("caller");
  const userId = caller?.kind === "shopper" ? caller.userId : trace.userId;
  const user = userId === undefined ? undefined : marks.of(userId);
  return {
    requestId,
    ...(traceId === undefined ? {} : { traceId }),
    method: knownMethods.has(c.req.method) ? c.req.method : "other",
    route: routeTemplate(app, c),
    status: c.res.status,
    ...trace.scoring,
    milliseconds: Math.round((performance.now() - trace.begun) * 1000) / 1000,
    ...(user === undefined ? {} : { user }),
  };
}

/** A method is any word that a caller likes. */
const knownMethods: ReadonlySet<string> = new Set([
  ...["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
]);

/** The route's template and never the path, which may hold an id. */
export function routeTemplate(app: App, c: Context<AppEnv>): string {
  const own = matchedRoutes(c).findLast(({ path }) => !path.endsWith("*"))?.path;
  // A wrong method matches nothing, and is still asked of a route.
  if (own === undefined) return findRoutes(app, c.req.path)[0]?.path ?? "unknown";
  return own.replace(/:(\w+)(?:\{[^}]*\})?/g, "{$1}");
}
