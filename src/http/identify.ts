import type { Context, MiddlewareHandler } from "hono";
import { type SignedRequest, signatureScheme } from "../keys/signed-request.ts";
import { type Caller, requireServer } from "./guard.ts";
import type { AppEnv, Host } from "./host.ts";
import { Problem } from "./problem.ts";
import { addressGroup, type RateLimit, TokenBuckets } from "./rate-limit.ts";

/** Stands for Authorization where a gateway takes that header for itself. */
export const ownAuthorization = "X-Aisle-Authorization";

/** A page of a storefront asks for a handful of rows at once; a scraper goes on and on. */
const limitsDefault: Record<"anonymous" | "shopper", RateLimit> = {
  anonymous: { perSecond: 10, burst: 60 },
  shopper: { perSecond: 10, burst: 60 },
};

/** `requireServer` for a whole route, before its body is looked at. */
export const forServers: MiddlewareHandler<AppEnv> = async (c, next) => {
  requireServer(c.get("caller"));
  await next();
};

/** Finds out who asks, and slows down who asks too much: strangers by address, others by who they are. */
export function identifyCallers(host: Host): MiddlewareHandler<AppEnv> {
  const limits = { ...limitsDefault, ...host.limits };
  const now = host.now ?? Date.now;
  const buckets = new Map(
    Object.entries(limits).flatMap(([kind, limit]) => (limit ? [[kind, new TokenBuckets(limit, now)]] : [])),
  );
  const take = (kind: string, name: string) => {
    const waitSeconds = buckets.get(kind)?.take(name) ?? 0;
    if (waitSeconds > 0) throw tooManyRequests(waitSeconds);
  };
  const whoAsks = async (c: Context<AppEnv>): Promise<Caller> => {
    const own = c.req.header(ownAuthorization);
    const known = own === undefined ? host.callerOf?.(c.env) : undefined;
    if (known !== undefined) return known;
    const authorization = own ?? c.req.header("authorization");
    const isSigned = authorization?.startsWith(signatureScheme) && host.guard.auth !== "open";
    if (isSigned) return host.guard.identifySigner(await signedRequest(c, host.prefixOf?.(c.env) ?? ""));
    return await host.guard.identify(authorization);
  };
  return async (c, next) => {
    const address = addressGroup(host.addressOf?.(c.env));
    const caller = await whoAsks(c).catch((error: unknown) => {
      // Credentials cannot be guessed faster than answers can be scraped.
      take("anonymous", address);
      throw error;
    });
    take(caller.kind, nameOf(caller, address));
    c.set("caller", caller);
    await next();
  };
}

/** The request as the client signed it: with what a gateway has taken off the path. */
async function signedRequest(c: Context<AppEnv>, prefix: string): Promise<SignedRequest> {
  const { pathname, search } = new URL(c.req.url);
  return {
    method: c.req.method,
    path: prefix + pathname,
    query: search.slice(1),
    header: (name) => c.req.header(name === "authorization" ? authorizationName(c) : name),
    body: new Uint8Array(await c.req.arrayBuffer()),
  };
}

function authorizationName(c: Context): string {
  return c.req.header(ownAuthorization) === undefined ? "authorization" : ownAuthorization;
}

function nameOf(caller: Caller, address: string): string {
  if (caller.kind === "shopper") return caller.userId;
  return "keyId" in caller ? caller.keyId : address;
}

function tooManyRequests(waitSeconds: number): Problem {
  return new Problem({
    name: "too-many-requests",
    status: 429,
    title: "Too many requests",
    detail: "This caller asks faster than this server allows.",
    headers: { "retry-after": String(Math.ceil(waitSeconds)) },
  });
}
