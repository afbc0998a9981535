/** One thing that is wrong with a request. */
export interface ParameterError {
  readonly parameter: string;
  readonly in: "query" | "body" | "path" | "header";
  readonly detail: string;
}

export interface ProblemOptions {
  /** the last part of the problem's type: a stable name that programs may compare */
  readonly name: string;
  readonly status: ProblemStatus;
  readonly title: string;
  /** a sentence for the caller; never an internal message */
  readonly detail?: string;
  readonly errors?: readonly ParameterError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** members of its own, as RFC 9457 allows */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export type ProblemStatus =
  | (400 | 401 | 403 | 404 | 405 | 408 | 409 | 412 | 413 | 415 | 428 | 429 | 431)
  | (500 | 501 | 503);

/** An error that knows how it is answered (RFC 9457). Whatever else is thrown becomes a bare 500. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly options: ProblemOptions;

  constructor(options: ProblemOptions) {
    super(options.detail ?? options.title);
    this.options = options;
  }

  toJson(): string {
    const { name, status, title, detail, errors, extra } = this.options;
    return JSON.stringify({
      type: `urn:aisle:problem:${name}`,
      title,
      status,
      ...(detail === undefined ? {} : { detail }),
      ...(errors === undefined ? {} : { errors }),
      ...extra,
    });
  }

  toResponse(): Response {
    const { status, headers } = this.options;
    return new Response(this.toJson(), {
      status,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
    });
  }
}

/** 400 that names every wrong parameter. */
export function invalidParameters(errors: readonly ParameterError[]): Problem {
  const names = [...new Set(errors.map((error) => error.parameter))];
  return new Problem({
    name: "invalid-parameters",
    status: 400,
    title: "Invalid parameters",
    detail: `Wrong: ${names.join(", ")}.`,
    errors,
  });
}

export function notFound(detail: string): Problem {
  return new Problem({ name: "not-found", status: 404, title: "Not found", detail });
}

export function notOffered(detail: string): Problem {
  return new Problem({ name: "not-offered", status: 501, title: "Not offered", detail });
}

export function methodNotAllowed(method: string, allowed: readonly string[]): Problem {
  return new Problem({
    name: "method-not-allowed",
    status: 405,
    title: "Method not allowed",
    detail: `This route answers ${allowed.join(", ")}, not ${method}.`,
    headers: { allow: allowed.join(", ") },
  });
}

export function internalError(): Problem {
  return new Problem({
    name: "internal",
    status: 500,
    title: "Internal error",
    detail: "The server could not answer this request; its log says why.",
  });
}
