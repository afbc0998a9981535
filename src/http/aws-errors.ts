import type { Context, MiddlewareHandler } from "hono";
import { signatureScheme } from "../keys/signed-request.ts";
import type { AppEnv } from "./host.ts";
import type { ParameterError } from "./problem.ts";

/** By the last part of a problem's type, else by its status: the exceptions that AWS's clients know. */
const exceptionOfName: Readonly<Record<string, string>> = {
  "incomplete-signature": "IncompleteSignature",
  "invalid-signature": "InvalidSignatureException",
  "unknown-key-pair": "UnrecognizedClientException",
};
const exceptionOfStatus: Readonly<Record<number, string>> = {
  400: "InvalidInputException",
  401: "MissingAuthenticationTokenException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  413: "InvalidInputException",
  415: "InvalidInputException",
  429: "ThrottlingException",
  500: "InternalServerException",
  503: "ServiceUnavailableException",
};

interface ProblemBody {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly ParameterError[];
}

/**
 * Errors as AWS's clients read them: the exception's class in a header and, beside what a problem says anyway, class
 * and message in the body. Only for who signs as they do, or speaks Amazon Personalize's dialect.
 */
export const answerAwsErrors: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  if (!speaksAws(c)) return;
  c.header("x-amzn-requestid", c.get("trace").names.requestId);
  const isProblem = c.res.headers.get("content-type")?.startsWith("application/problem+json");
  if (!isProblem) return;
  const problem = (await c.res.json()) as ProblemBody;
  const name = problem.type?.split(":").at(-1) ?? "";
  const exception = exceptionOfName[name] ?? exceptionOfStatus[c.res.status] ?? "InternalServerException";
  const body = JSON.stringify({ ...problem, __type: exception, message: messageOf(problem) });
  const headers = new Headers(c.res.headers);
  headers.set("x-amzn-errortype", exception);
  const { status } = c.res;
  // Else hono puts the headers of both together.
  c.res = undefined;
  c.res = new Response(body, { status, headers });
};

function messageOf({ title = "", detail = title, errors = [] }: ProblemBody): string {
  if (errors.length === 0) return detail;
  return errors.map((error) => `${error.parameter} ${error.detail}`).join("; ");
}

function speaksAws(c: Context<AppEnv>): boolean {
  if (c.get("dialect")) return true;
  return c.req.header("authorization")?.startsWith(signatureScheme) ?? false;
}

/** Whatever goes wrong from here on is answered as AWS's clients read it. */
export const inDialect: MiddlewareHandler<AppEnv> = async (c, next) => {
  c.set("dialect", true);
  await next();
};
