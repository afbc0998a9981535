import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { AppEnv } from "../host.ts";
import { ownAuthorization } from "../identify.ts";
import { notJson } from "../known-problems.ts";
import { Problem } from "../problem.ts";
import { addressGroup, TokenBuckets } from "../rate-limit.ts";
import type { AdminHost } from "./admin-host.ts";

/** An admin, by the key that said so. */
export interface Admin {
  readonly keyId: string;
  /** as the channel's history names the author */
  readonly who: string;
}

/** A wrong key costs a token: nobody guesses one of 256 bits, and nobody fills the log by trying. */
const failures = { perSecond: 0.5, burst: 10 };
const sessionSeconds = 12 * 3600;

/**
 * Lets admins through and nobody else. A key in the header says who asks wherever they are. A browser keeps it in a
 * cookie that scripts cannot read; since a browser sends cookies by itself, such a request must also come from this
 * very page: by Sec-Fetch-Site, else by Origin, and with a body that no form can send.
 */
export function forAdmins(host: AdminHost): MiddlewareHandler<AppEnv> {
  const wrongSlowly = wrongKeysSlowly(host);
  return async (c, next) => {
    if (isSignIn(c)) {
      refuseForeign(c);
    } else {
      const bearer = bearerOf(c);
      const kept = bearer === undefined ? getCookie(c, cookieName(c)) : undefined;
      if (kept !== undefined) refuseForeign(c);
      const { keyId } = wrongSlowly(c, () => findAdmin(host, bearer ?? kept, c.env));
      c.set("caller", { kind: "admin", keyId });
    }
    const hasBody = c.req.method === "POST" || c.req.method === "PUT";
    if (hasBody && !/^application\/json\s*(;|$)/i.test(c.req.header("content-type") ?? "")) throw notJson();
    await next();
  };
}

/** The admin whose key this is. @throws Problem 401 for none, 403 for a key that may do other things */
export function findAdmin(host: AdminHost, key: string | undefined, env: unknown): Admin {
  if (key === undefined) {
    throw unauthorized("no-key", "This needs an admin key: open the address that the server printed.");
  }
  const { startKey } = host;
  if (startKey && isSame(key, startKey.key)) {
    if (startKey.isLocal(env)) return { keyId: "start", who: startKey.who };
    throw forbidden("The key that the server printed holds on its own machine only: use an admin key.");
  }
  const found = host.keys?.findKey(key);
  if (found === undefined)
    throw unauthorized("unauthorized", "This key is unknown, revoked, or of an earlier start.");
  if (found.role !== "admin") throw forbidden("This needs an admin key; a server's key does not open it.");
  return { keyId: found.id, who: found.id };
}

/** The author of what this request does. */
export function whoAsks(host: AdminHost, c: Context<AppEnv>): string {
  const caller = c.get("caller");
  const keyId = "keyId" in caller ? caller.keyId : "unknown";
  return keyId === "start" ? (host.startKey?.who ?? keyId) : keyId;
}

export function keepSession(host: AdminHost, c: Context, key: string): void {
  const secure = new URL(c.req.url).protocol === "https:";
  setCookie(c, cookieName(c), key, {
    ...{ httpOnly: true, sameSite: "Strict", path: cookiePath(host, c), secure },
    maxAge: sessionSeconds,
  });
}

export function endSession(host: AdminHost, c: Context): void {
  deleteCookie(c, cookieName(c), { path: cookiePath(host, c) });
}

function cookiePath({ prefixOf }: AdminHost, c: Context): string {
  return `${prefixOf?.(c.env) ?? ""}/admin`;
}

/** Cookies know no ports: each server of a machine has one of its own. */
function cookieName(c: Context): string {
  return `aisle-admin-${new URL(c.req.url).port || "web"}`;
}

/** Signing in brings its key in the body, and signing out needs none. */
function isSignIn(c: Context): boolean {
  return c.req.path === "/admin/session" && c.req.method !== "GET" && c.req.method !== "HEAD";
}

function bearerOf(c: Context): string | undefined {
  const authorization = c.req.header(ownAuthorization) ?? c.req.header("authorization");
  if (authorization === undefined) return undefined;
  const [, credential] = /^Bearer +([^\s,]+)$/i.exec(authorization) ?? [];
  if (credential === undefined)
    throw unauthorized("unauthorized", "Authorization must be: Bearer <admin key>.");
  return credential;
}

function refuseForeign(c: Context): void {
  const site = c.req.header("sec-fetch-site");
  const origin = c.req.header("origin");
  const changes = c.req.method !== "GET" && c.req.method !== "HEAD";
  const isForeign = site !== undefined && site !== "same-origin" && (changes || site !== "none");
  // A browser that tells the site tells it truly, also where a proxy has put another host before this one.
  const isOther = site === undefined && origin !== undefined && origin !== new URL(c.req.url).origin;
  const isUntold = changes && site === undefined && origin === undefined;
  if (!isForeign && !isOther && !isUntold) return;
  throw forbidden("This request does not come from the merchant's page of this server.");
}

/** Wrong keys are answered a few at a time from one address; who brings none is told so every time. */
export function wrongKeysSlowly(host: AdminHost): (c: Context, find: () => Admin) => Admin {
  const buckets = new TokenBuckets(failures, host.now ?? Date.now);
  return (c, find) => {
    try {
      return find();
    } catch (error) {
      const isMissing = error instanceof Problem && error.options.name === "no-key";
      const waitSeconds = isMissing ? 0 : buckets.take(addressGroup(host.addressOf?.(c.env)));
      if (waitSeconds === 0) throw error;
      throw new Problem({
        ...{ name: "too-many-requests", status: 429, title: "Too many requests" },
        detail: "Too many wrong keys from here.",
        headers: { "retry-after": String(Math.ceil(waitSeconds)) },
      });
    }
  };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(a, b);
}

function unauthorized(name: "no-key" | "unauthorized", detail: string): Problem {
  return new Problem({
    ...{ name, status: 401, title: "Unauthorized", detail },
    headers: { "www-authenticate": 'Bearer realm="aisle admin"' },
  });
}

function forbidden(detail: string): Problem {
  return new Problem({ name: "forbidden", status: 403, title: "Forbidden", detail });
}
