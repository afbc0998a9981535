import { AisleError, Client } from "aisle/client";
import { amendCall, noteCall } from "./activity-log.ts";
import { apiBase } from "./settings.ts";

export type * from "aisle/client";
export { AisleError };

/** What the early script has asked already, if anything. */
interface EarlyRequest {
  readonly url: string;
  readonly startedAt: number;
  readonly response: Promise<Response>;
}

declare global {
  var aisleEarly: EarlyRequest | undefined;
}

// An early script that comes late asks nothing: its answer would lie here until somebody wants a fresh one.
if (!("aisleEarly" in globalThis)) globalThis.aisleEarly = undefined;

/** The one caller of the API for every page: the typed client, with a note of each request in the activity log. */
export const shopClient = new Client({ baseUrl: apiBase, fetch: notedFetch });

/** As `fetch`, noted; for routes that the typed client does not know, with paths as it would have them. */
export async function notedFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const url = input instanceof Request ? input.url : String(input);
  const early = takeEarly(url, init);
  const begun = performance.now() - (early ? Date.now() - early.startedAt : 0);
  const id = noteCall({
    method: init.method ?? "GET",
    path: url.startsWith(apiBase) ? url.slice(apiBase.length) : url,
    startedAt: early?.startedAt ?? Date.now(),
    ...(typeof init.body === "string" && { body: parsed(init.body) }),
  });
  try {
    const response = await (early?.response ?? fetch(input, init));
    const text = await response.text();
    amendCall(id, {
      milliseconds: performance.now() - begun,
      status: response.status,
      answer: parsed(text),
      ...scoringOf(response),
    });
    const { status, statusText, headers } = response;
    return new Response(status === 204 || status === 304 ? null : text, { status, statusText, headers });
  } catch (error) {
    amendCall(id, { milliseconds: performance.now() - begun, failure: String((error as Error).message) });
    throw error;
  }
}

/** Once only: whoever asks again wants to know how things are now. */
function takeEarly(url: string, { method = "GET" }: RequestInit): EarlyRequest | undefined {
  const early = globalThis.aisleEarly;
  if (early === undefined || method !== "GET" || early.url !== url) return undefined;
  globalThis.aisleEarly = undefined;
  return early;
}

/** `Server-Timing: score;dur=0.41` */
function scoringOf({ headers }: Response): { scoringMilliseconds?: number } {
  const [, duration] = /\bscore;dur=([\d.]+)/.exec(headers.get("Server-Timing") ?? "") ?? [];
  return duration === undefined ? {} : { scoringMilliseconds: Number(duration) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
