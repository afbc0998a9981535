import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { chmod, rename, writeFile } from "node:fs/promises";
import { z } from "zod";

/** `server` and `admin` are bearer keys; `shopper` is a secret that shoppers' tokens are signed with. */
export const keyRoles = ["server", "admin", "shopper"] as const;
export type KeyRole = (typeof keyRoles)[number];

const common = { id: z.string().min(1), createdAt: z.iso.datetime(), revokedAt: z.iso.datetime().optional() };
const issuedKey = z.discriminatedUnion("role", [
  // Of a bearer key only its digest is kept: whoever reads the file cannot use it.
  z.object({ ...common, role: z.enum(["server", "admin"]), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  // A signature can only be checked with the secret itself.
  z.object({ ...common, role: z.literal("shopper"), secret: z.base64url().min(43) }),
]);
const schema = z.object({ keys: z.array(issuedKey) });

type IssuedKey = z.infer<typeof issuedKey>;

/** What may be shown of a key. */
export interface KeySummary {
  readonly id: string;
  readonly role: KeyRole;
  readonly createdAt: string;
  readonly revokedAt?: string | undefined;
}

export class KeyFileError extends Error {
  override name = "KeyFileError";
}

const recheckMs = 1000;

/**
 * The keys that were issued, in one JSON file that only its owner may read. A change of the file is seen within a
 * second, so that a revoked key stops working without a restart.
 */
export class KeyFile {
  readonly #path: string;
  readonly #now: () => number;
  #keys: readonly IssuedKey[] = [];
  #changedAt = Number.NaN;
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(path: string, now: () => number = Date.now) {
    this.#path = path;
    this.#now = now;
  }

  /** Whose bearer key this is; `undefined` if unknown or revoked. Compares in constant time. */
  findKey(key: string): { readonly id: string; readonly role: "server" | "admin" } | undefined {
    const digest = createHash("sha256").update(key).digest();
    let found: { id: string; role: "server" | "admin" } | undefined;
    for (const issued of this.#current()) {
      if (issued.role === "shopper" || issued.revokedAt) continue;
      if (timingSafeEqual(Buffer.from(issued.sha256, "hex"), digest))
        found = { id: issued.id, role: issued.role };
    }
    return found;
  }

  /** What shoppers' tokens may be signed with: several while secrets rotate. */
  get signingSecrets(): readonly Uint8Array[] {
    return this.#current().flatMap((issued) =>
      issued.role === "shopper" && !issued.revokedAt ? [Buffer.from(issued.secret, "base64url")] : [],
    );
  }

  list(): KeySummary[] {
    return this.#current().map(({ id, role, createdAt, revokedAt }) => ({ id, role, createdAt, revokedAt }));
  }

  /** Issues a key and gives it away this once: of a bearer key only the digest stays. */
  async create(role: KeyRole): Promise<KeySummary & { readonly secret: string }> {
    const bytes = randomBytes(32).toString("base64url");
    const createdAt = new Date(this.#now()).toISOString();
    const id = `${role}-${randomUUID().slice(0, 8)}`;
    if (role === "shopper") {
      await this.#write([...this.#current(), { id, role, createdAt, secret: bytes }]);
      return { id, role, createdAt, secret: bytes };
    }
    const secret = `aisle_${bytes}`;
    const sha256 = createHash("sha256").update(secret).digest("hex");
    await this.#write([...this.#current(), { id, role, createdAt, sha256 }]);
    return { id, role, createdAt, secret };
  }

  /** @throws KeyFileError where no key has this id */
  async revoke(id: string): Promise<void> {
    const keys = this.#current();
    if (!keys.some((key) => key.id === id)) {
      throw new KeyFileError(
        `${this.#path}: no key has the id "${id}"; there are ${keys.map((key) => key.id).join(", ") || "none"}`,
      );
    }
    const revokedAt = new Date(this.#now()).toISOString();
    await this.#write(keys.map((key) => (key.id === id ? { ...key, revokedAt } : key)));
  }

  async #write(keys: readonly IssuedKey[]): Promise<void> {
    const aside = `${this.#path}.${randomUUID()}`;
    await writeFile(aside, `${JSON.stringify({ keys }, undefined, 2)}\n`, { mode: 0o600, flag: "wx" });
    await chmod(aside, 0o600);
    await rename(aside, this.#path);
    this.#checkedAt = Number.NEGATIVE_INFINITY;
  }

  #current(): readonly IssuedKey[] {
    if (this.#now() - this.#checkedAt < recheckMs) return this.#keys;
    this.#checkedAt = this.#now();
    const status = statSync(this.#path, { throwIfNoEntry: false });
    const changedAt = status?.mtimeMs ?? 0;
    if (changedAt === this.#changedAt) return this.#keys;
    if (status && (status.mode & 0o077) !== 0) {
      throw new KeyFileError(`${this.#path} can be read by others: chmod 600 ${this.#path}`);
    }
    this.#keys = status ? parse(readFileSync(this.#path, "utf8"), this.#path) : [];
    this.#changedAt = changedAt;
    return this.#keys;
  }
}

function parse(text: string, path: string): readonly IssuedKey[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new KeyFileError(`${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new KeyFileError(`${path} is no list of keys:\n${z.prettifyError(parsed.error)}`);
  return parsed.data.keys;
}
