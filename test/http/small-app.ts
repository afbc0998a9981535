import { SignJWT } from "jose";
import { createApp } from "../../src/http/app.ts";
import { Guard, type GuardKeys } from "../../src/http/guard.ts";
import type { App, Host } from "../../src/http/host.ts";
import { smallServing } from "../serving/small-shop.ts";

export const serverKey = "server-key";
export const adminKey = "admin-key";
export const now = Date.UTC(2026, 0, 2, 3, 4, 5);
export const secret = new TextEncoder().encode("a signing secret of 32 bytes ...");

export const keyPair = {
  accessKeyId: "AISLEABCDEFGHIJ23456",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};

export const keys: GuardKeys = {
  findKey(key) {
    if (key === serverKey) return { id: "s1", role: "server" };
    return key === adminKey ? { id: "a1", role: "admin" } : undefined;
  },
  findPairSecret: (accessKeyId) =>
    accessKeyId === keyPair.accessKeyId ? keyPair.secretAccessKey : undefined,
  signingSecrets: [new TextEncoder().encode("an older secret, still accepted."), secret],
};

/** A shopper's token as a shop's back end mints it. */
export function mint(userId: string, { seconds = 600, by = secret, alg = "HS256" } = {}): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg })
    .setSubject(userId)
    .setExpirationTime(Math.floor(now / 1000) + seconds)
    .sign(by);
}

export interface SmallAppOptions extends Partial<Omit<Host, "guard">> {
  readonly auth?: "open" | "keys";
}

/** The whole application over the small shop, as a host off localhost would make it unless told otherwise. */
export async function smallApp({ auth = "keys", ...host }: SmallAppOptions = {}): Promise<App> {
  return createApp({
    serving: host.serving ?? (await smallServing()),
    guard: new Guard({ auth, keys, now: host.now ?? (() => now) }),
    now: () => now,
    ...host,
  });
}

export async function getJson<T = Record<string, unknown>>(
  app: App,
  path: string,
  init?: RequestInit,
): Promise<{ status: number; headers: Headers; body: T }> {
  const response = await app.request(path, init);
  return { status: response.status, headers: response.headers, body: (await response.json()) as T };
}

export const bearer = (credential: string): RequestInit => ({
  headers: { authorization: `Bearer ${credential}` },
});

export const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body),
});
