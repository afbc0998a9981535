import { HTTPException } from "hono/http-exception";
import { NoModelError, QueryError } from "../serving/query.ts";
import { noModel } from "./health.ts";
import { invalidParameters, Problem } from "./problem.ts";

/** The one place where errors become answers; `undefined` for what nobody expected, which goes to the log only. */
export function problemOf(error: unknown, method: string): Problem | undefined {
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

export function notJson(): Problem {
  const detail = "The body must be JSON, and its Content-Type application/json.";
  return new Problem({ name: "not-json", status: 415, title: "Unsupported media type", detail });
}

function malformedJson(): Problem {
  return invalidParameters([{ parameter: "body", in: "body", detail: "is not valid JSON" }]);
}
