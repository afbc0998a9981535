import type { z } from "zod";
import { TrackerError } from "./tracker.ts";

/** How a tracker's server is reached. */
export interface RestSettings {
  /** for messages */
  readonly label: string;
  /** without user, query and trailing slash */
  readonly base: string;
  /** the header's value */
  readonly authorization: string | undefined;
  /** whatever no message may repeat */
  readonly secrets: readonly string[];
  readonly timeoutMs?: number;
}

export interface Ask {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: Uint8Array<ArrayBuffer> | FormData;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 30_000;
const uploadTimeoutMs = 120_000;

/** One server's requests: each is sent once, within a time, and fails as a TrackerError that names no key. */
export class Rest {
  readonly #settings: RestSettings;
  /** `performance.now()` of the last answer that was none of a failure; 0 before any */
  answeredAt = 0;

  constructor(settings: RestSettings) {
    this.#settings = settings;
  }

  /** The answer, checked. */
  async ask<T>(ask: Ask, schema: z.ZodType<T>): Promise<T> {
    const text = await this.send(ask);
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      throw this.#error(
        ask,
        `answered what this API does not: ${JSON.stringify(text.slice(0, 80))}`,
        "refused",
      );
    }
  }

  /** The answer as it is. */
  async send(ask: Ask): Promise<string> {
    const { signal } = ask;
    const limit =
      ask.timeoutMs ?? this.#settings.timeoutMs ?? (ask.body ? uploadTimeoutMs : defaultTimeoutMs);
    const timeout = AbortSignal.timeout(limit);
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.#address(ask), {
        method: ask.method,
        headers: this.#headers(ask),
        body: ask.json === undefined ? (ask.body ?? null) : JSON.stringify(ask.json),
        signal: AbortSignal.any([signal, timeout]),
        redirect: "manual",
      });
      text = await response.text();
    } catch (error) {
      if (timeout.aborted) throw this.#error(ask, `no answer within ${limit / 1000} s`, "passing");
      if (signal.aborted) throw this.#error(ask, "was given up", "passing");
      throw this.#error(ask, reasonOf(error), "passing");
    }
    if (!response.ok) throw this.#failure(ask, response, text);
    this.answeredAt = performance.now();
    return text;
  }

  #address({ path, query }: Ask): string {
    const search = new URLSearchParams(query).toString();
    return `${this.#settings.base}${path}${search && `?${search}`}`;
  }

  #headers({ json }: Ask): Record<string, string> {
    const { authorization } = this.#settings;
    return {
      accept: "application/json",
      ...(json !== undefined && { "content-type": "application/json" }),
      ...(authorization !== undefined && { authorization }),
    };
  }

  #failure(ask: Ask, { status, headers }: Response, text: string): TrackerError {
    const { code, message } = explanationOf(text);
    const retryAfterMs = waitOf(headers.get("retry-after"));
    const said = `answered ${status}${message && `: ${message}`}`;
    if (status === 401 || status === 403) {
      return this.#error(ask, `${said} (is the key right, and does it allow this?)`, "denied", { code });
    }
    if (status >= 300 && status < 400) {
      return this.#error(ask, `${said}: it is elsewhere, or behind a login; name its own address`, "denied", {
        code,
      });
    }
    const isPassing = status >= 500 || status === 429 || status === 408;
    return this.#error(ask, said, isPassing ? "passing" : "refused", { code, retryAfterMs });
  }

  #error(
    { method, path }: Ask,
    what: string,
    kind: TrackerError["kind"],
    more?: ConstructorParameters<typeof TrackerError>[2],
  ): TrackerError {
    const { label, base, secrets } = this.#settings;
    let message = `${label} at ${base}: ${method} ${path} ${what}`;
    for (const secret of secrets) if (secret !== "") message = message.replaceAll(secret, "***");
    return new TrackerError(message, kind, more);
  }
}

/** `fetch` says "fetch failed"; why is below it. Addresses and headers are not repeated. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string; errors?: { code?: string }[] } };
  const code = cause?.code ?? cause?.errors?.[0]?.code;
  return code === "ECONNREFUSED"
    ? "nobody answers there (ECONNREFUSED)"
    : `failed (${code ?? "no connection"})`;
}

/** MLflow says `error_code` and `message`, Comet `msg` and `sdk_error_code`; a proxy says anything. */
function explanationOf(text: string): { code: string | undefined; message: string } {
  try {
    const { error_code: code, message, msg } = JSON.parse(text) as Record<string, unknown>;
    const said = [message, msg].find((each) => typeof each === "string") ?? "";
    return { code: typeof code === "string" ? code : undefined, message: String(said).slice(0, 300) };
  } catch {
    return { code: undefined, message: "" };
  }
}

/** Seconds or a date, at most a minute: whoever asks for more gets the rest later. */
function waitOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), 60_000);
}

/** Turns one refusal, by the tracker's own word for it, into `undefined`. */
export function unless(code: string): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof TrackerError && error.code === code) return undefined;
    throw error;
  };
}
