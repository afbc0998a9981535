import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { App, AppEnv } from "./host.ts";
import { parameterErrors } from "./parameters.ts";
import { invalidParameters, type ParameterError } from "./problem.ts";
import { findRoutes, type RouteEntry } from "./route-table.ts";

type Place = ParameterError["in"];

/** A validator's result, as the application's hook is given it. */
type Validated =
  | { readonly target: string; readonly success: true }
  | { readonly target: string; readonly success: false; readonly error: z.ZodError };

/**
 * Validators look at one place of a request after another, and the first that fails would hide the others: this
 * hook looks at all of them, so that a caller hears of everything at once.
 */
export function refuseInvalid(app: App) {
  return async (result: Validated, c: Context<AppEnv>): Promise<undefined> => {
    if (result.success) return;
    const place = placeOf(result.target);
    const route = findRoutes(app, c.req.path).find(({ method }) => method === methodOf(c));
    const known = (at: Place) => (at === "query" || at === "body" ? (route?.names[at] ?? []) : []);
    const errors = parameterErrors(result.error, place, known(place));
    for (const [other, input] of await otherInputs(c, place)) {
      const parsed = route?.schemas[other]?.safeParse(input);
      if (parsed?.success === false) errors.push(...parameterErrors(parsed.error, other, known(other)));
    }
    throw invalidParameters(errors);
  };
}

/** A HEAD is answered by the route of GET. */
function methodOf(c: Context): string {
  return c.req.method === "HEAD" ? "GET" : c.req.method;
}

/** What comes after the place that failed: the query is looked at first, then the path, then the body. */
async function otherInputs(c: Context, failed: Place): Promise<[keyof RouteEntry["schemas"], unknown][]> {
  if (failed !== "query") return [];
  const path: [keyof RouteEntry["schemas"], unknown] = ["path", c.req.param()];
  if (c.req.method !== "POST") return [path];
  const body: unknown = await c.req.json().catch(() => undefined);
  return body === undefined ? [path] : [path, ["body", body]];
}

function placeOf(target: string): Place {
  if (target === "query" || target === "header") return target;
  return target === "param" ? "path" : "body";
}
