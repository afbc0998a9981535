/** What the merchant's routes say is wrong, in a sentence. */
export class AdminProblem extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(typeof body.detail === "string" ? body.detail : `The server answered ${status}.`);
    this.status = status;
    this.body = body;
  }

  /** Every wrong part of the request, where they are named. */
  get parts(): readonly { readonly parameter: string; readonly detail: string }[] {
    return Array.isArray(this.body.errors) ? this.body.errors : [];
  }
}

export interface Asked {
  readonly method?: "POST" | "PUT" | "DELETE";
  readonly body?: unknown;
  /** the ETag that a change is decided on */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

/**
 * Where this page came from, wherever the shop's own API is: only there is the cookie sent.
 * @throws AdminProblem; a TypeError where the server cannot be reached
 */
export async function ask<T>(path: string, { method, body, ifMatch, signal }: Asked = {}): Promise<T> {
  const response = await fetch(`/admin/${path}`, {
    ...(method && { method }),
    ...(signal && { signal }),
    credentials: "same-origin",
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(ifMatch !== undefined && { "if-match": ifMatch }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (response.status === 204) return undefined as T;
  const answered: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw new AdminProblem(response.status, answered as Record<string, unknown>);
  return answered as T;
}

/** What went wrong, for a person. */
export function sentenceOf(error: unknown): string {
  if (error instanceof AdminProblem) return error.message;
  if (error instanceof TypeError) return "The server cannot be reached. Is it still running?";
  return error instanceof Error ? error.message : String(error);
}
