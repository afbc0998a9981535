import { errors, jwtVerify } from "jose";
import { SignatureError, type SignedRequest, verifySignature } from "../keys/signed-request.ts";
import { Problem } from "./problem.ts";

/** Who asks. */
export type Caller =
  | { readonly kind: "anonymous" }
  | { readonly kind: "shopper"; readonly userId: string }
  | { readonly kind: "server" | "admin"; readonly keyId: string }
  /** anyone, where nobody has to say who they are */
  | { readonly kind: "open" };

/** The part of the keys file that a guard needs. */
export interface GuardKeys {
  /** whose bearer key this is; `undefined` if unknown or revoked */
  findKey(key: string): { readonly id: string; readonly role: "server" | "admin" } | undefined;
  /** the secret of a key pair that signs as AWS's clients do; `undefined` if unknown or revoked */
  findPairSecret(accessKeyId: string): string | undefined;
  /** what shoppers' tokens may be signed with: several while secrets rotate */
  readonly signingSecrets: readonly Uint8Array[];
}

export interface GuardOptions {
  /** `undefined`: open only while the socket is bound to loopback */
  readonly auth?: "open" | "keys" | undefined;
  readonly keys?: GuardKeys | undefined;
  /** is the socket that this host listens on bound to loopback? Asked at each request, never of the request */
  readonly isLoopback?: () => boolean;
  /** ms since 1970 */
  readonly now?: () => number;
}

const noKeys: GuardKeys = { findKey: () => undefined, findPairSecret: () => undefined, signingSecrets: [] };
const signatureProblems = {
  IncompleteSignature: "incomplete-signature",
  InvalidSignatureException: "invalid-signature",
  UnrecognizedClientException: "unknown-key-pair",
} as const;
const tokenLifeSecondsMax = 24 * 3600;

export class Guard {
  readonly #auth: "open" | "keys" | undefined;
  readonly #keys: GuardKeys;
  readonly #isLoopback: () => boolean;
  readonly #now: () => number;

  constructor({ auth, keys = noKeys, isLoopback = () => false, now = Date.now }: GuardOptions) {
    this.#auth = auth;
    this.#keys = keys;
    this.#isLoopback = isLoopback;
    this.#now = now;
  }

  get auth(): "open" | "keys" {
    return this.#auth ?? (this.#isLoopback() ? "open" : "keys");
  }

  /** Several while secrets rotate, the newest last. */
  get signingSecrets(): readonly Uint8Array[] {
    return this.#keys.signingSecrets;
  }

  /** Throws a 401 for credentials that do not hold: silence would hide a shop's own mistake from it. */
  async identify(authorization: string | undefined): Promise<Caller> {
    if (this.auth === "open") return { kind: "open" };
    if (authorization === undefined) return { kind: "anonymous" };
    const [, credential] = /^Bearer +([^\s,]+)$/i.exec(authorization) ?? [];
    if (credential === undefined) throw unauthorized("Authorization must be: Bearer <key or token>.");
    if (credential.split(".").length === 3) return await this.#identifyShopper(credential);
    const key = this.#keys.findKey(credential);
    if (key === undefined) throw unauthorized("This key is unknown or revoked.");
    return { kind: key.role, keyId: key.id };
  }

  /** Who signed as AWS's clients do: one of the shop's servers. Throws what those clients understand. */
  identifySigner(request: SignedRequest): Caller {
    try {
      const find = (accessKeyId: string) => this.#keys.findPairSecret(accessKeyId);
      return { kind: "server", keyId: verifySignature(request, find, this.#now()) };
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      throw new Problem({
        name: signatureProblems[error.code],
        status: 403,
        title: "Not signed by a known key pair",
        detail: error.message,
      });
    }
  }

  async #identifyShopper(token: string): Promise<Caller> {
    const currentDate = new Date(this.#now());
    for (const secret of this.#keys.signingSecrets) {
      try {
        const { payload } = await jwtVerify(token, secret, {
          algorithms: ["HS256"],
          requiredClaims: ["sub", "exp"],
          currentDate,
        });
        return shopperOf(payload, currentDate);
      } catch (error) {
        if (error instanceof errors.JWSSignatureVerificationFailed) continue;
        if (error instanceof errors.JWTExpired) throw unauthorized("This token has expired.");
        if (error instanceof errors.JOSEError) {
          throw unauthorized("This token is not a valid HS256 JWT with sub and exp.");
        }
        throw error;
      }
    }
    throw unauthorized("This token is not signed with a known secret.");
  }
}

/** Tokens live in browsers: one that would outlive a day is a mistake in the shop's back end. */
function shopperOf(payload: { sub?: string; exp?: number }, now: Date): Caller {
  if (payload.sub === undefined || payload.sub === "") throw unauthorized("This token's sub is empty.");
  if (payload.exp! - now.getTime() / 1000 > tokenLifeSecondsMax) {
    throw unauthorized("This token lives longer than a day: shoppers' tokens are short-lived.");
  }
  return { kind: "shopper", userId: payload.sub };
}

/**
 * The user that this caller may ask about. A stranger's `userId` is dropped, whether it is known or not: nobody
 * reads a stranger's purchases, nor learns who is a customer. A shopper's own id may be left out.
 */
export function allowedUser(caller: Caller, userId: string | undefined): string | undefined {
  switch (caller.kind) {
    case "open":
    case "server":
      return userId;
    case "shopper":
      if (userId === undefined || userId === caller.userId) return caller.userId;
      throw new Problem({
        name: "forbidden",
        status: 403,
        title: "Forbidden",
        detail: "A shopper's token opens only the shopper's own data.",
      });
    default:
      return undefined;
  }
}

/** The session whose events this caller may count: whoever has to say who they are says it for a session too. */
export function allowedSession(caller: Caller, sessionId: string | undefined): string | undefined {
  return caller.kind === "anonymous" || caller.kind === "admin" ? undefined : sessionId;
}

/**
 * The user whose data this caller may write, read out or erase: any for the shop's own servers, themself for a
 * shopper, 401 for a stranger, whether the user is known or not.
 */
export function requireUser(caller: Caller, userId: string | undefined): string | undefined {
  if (caller.kind === "shopper") return allowedUser(caller, userId);
  requireServer(caller);
  return userId;
}

/** Stops everyone but whoever administers the shop, where anybody has to say who they are. */
export function requireAdmin(caller: Caller): void {
  if (caller.kind === "open" || caller.kind === "admin") return;
  if (caller.kind === "anonymous") throw unauthorized("This needs an admin key.");
  throw new Problem({
    name: "forbidden",
    status: 403,
    title: "Forbidden",
    detail: "This needs an admin key.",
  });
}

/** Stops everyone but the shop's own servers: 401 for a stranger, 403 for the others. */
export function requireServer(caller: Caller): void {
  if (caller.kind === "open" || caller.kind === "server") return;
  if (caller.kind === "anonymous") throw unauthorized("This route needs a key or a token that may use it.");
  throw new Problem({
    name: "forbidden",
    status: 403,
    title: "Forbidden",
    detail: "This route needs a server key.",
  });
}

function unauthorized(detail: string): Problem {
  return new Problem({
    name: "unauthorized",
    status: 401,
    title: "Unauthorized",
    detail,
    headers: { "www-authenticate": 'Bearer realm="aisle"' },
  });
}
