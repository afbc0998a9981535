import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { open, rename, unlink } from "node:fs/promises";
import { type IssuedKey, IssuedKeys, KeyFileError, type KeyRole, parseKeys } from "./issued-keys.ts";

/** What may be shown of a key. */
export interface KeySummary {
  readonly id: string;
  readonly role: KeyRole;
  readonly createdAt: string;
  readonly revokedAt?: string | undefined;
}

const recheckMs = 1000;
/** 32 of them, so that each is as likely as the others. */
const pairLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * The keys that were issued, in one JSON file that only its owner may read. A change of the file is seen within a
 * second, so that a revoked key stops working without a restart. While the file cannot be used, nobody is let in.
 */
export class KeyFile extends IssuedKeys {
  readonly #path: string;
  readonly #now: () => number;
  #read: () => readonly IssuedKey[] = () => [];
  #state: string | undefined;
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(path: string, now: () => number = Date.now) {
    super();
    this.#path = path;
    this.#now = now;
  }

  list(): KeySummary[] {
    return readKeys(this.#path).map(({ id, role, createdAt, revokedAt }) => ({
      id,
      role,
      createdAt,
      ...(revokedAt && { revokedAt }),
    }));
  }

  /** Issues a key and gives it away this once: of a bearer key only the digest stays. */
  async create(role: KeyRole): Promise<KeySummary & { readonly secret: string }> {
    if (role === "aws") return this.#createPair();
    const bytes = randomBytes(32).toString("base64url");
    const summary = {
      id: `${role}-${randomUUID().slice(0, 8)}`,
      role,
      createdAt: new Date(this.#now()).toISOString(),
    };
    if (role === "shopper" || role === "pseudonym") {
      await this.#change((keys) => [...keys, { ...summary, role, secret: bytes }]);
      return { ...summary, secret: bytes };
    }
    const secret = `aisle_${bytes}`;
    const sha256 = createHash("sha256").update(secret).digest("hex");
    await this.#change((keys) => [...keys, { ...summary, role, sha256 }]);
    return { ...summary, secret };
  }

  /** In the form of AWS's own: the id is the access key id. The secret stays, since only with it can one check. */
  async #createPair(): Promise<KeySummary & { readonly secret: string }> {
    const letters = Array.from(randomBytes(15), (byte) => pairLetters[byte % pairLetters.length]);
    const pair = {
      id: `AISLE${letters.join("")}`,
      role: "aws" as const,
      createdAt: new Date(this.#now()).toISOString(),
      secret: randomBytes(30).toString("base64"),
    };
    await this.#change((keys) => [...keys, pair]);
    return pair;
  }

  /** @throws KeyFileError where no key has this id; one that is revoked already keeps its date */
  async revoke(id: string): Promise<void> {
    const revokedAt = new Date(this.#now()).toISOString();
    await this.#change((keys) => {
      if (keys.some((key) => key.id === id)) {
        return keys.map((key) => (key.id === id ? { revokedAt, ...key } : key));
      }
      const known = keys.map((key) => key.id).join(", ") || "none";
      throw new KeyFileError(`${this.#path}: no key has the id "${id}"; there are ${known}`);
    });
  }

  /** The new file is written beside the old one, under a name that only one process can take, and replaces it. */
  async #change(change: (keys: readonly IssuedKey[]) => readonly IssuedKey[]): Promise<void> {
    const aside = `${this.#path}.new`;
    const file = await open(aside, "wx", 0o600).catch((cause: NodeJS.ErrnoException) => {
      throw new KeyFileError(
        cause.code === "EEXIST"
          ? `${aside} is there: another change is under way. If none is, remove it`
          : `could not write ${aside}: ${cause.message}`,
        { cause },
      );
    });
    try {
      try {
        await file.writeFile(`${JSON.stringify({ keys: change(readKeys(this.#path)) }, undefined, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(aside, this.#path);
    } catch (error) {
      await unlink(aside);
      throw error;
    }
    this.#checkedAt = Number.NEGATIVE_INFINITY;
  }

  protected override current(): readonly IssuedKey[] {
    if (this.#now() - this.#checkedAt >= recheckMs) {
      this.#checkedAt = this.#now();
      const state = stateOf(this.#path);
      if (state !== this.#state) this.#read = remember(this.#path);
      this.#state = state;
    }
    return this.#read();
  }
}

/** Whatever makes a file another one: content, owner, mode or place. */
function stateOf(path: string): string {
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    return status ? `${status.ino} ${status.size} ${status.mtimeMs} ${status.ctimeMs}` : "missing";
  } catch (error) {
    return String(error);
  }
}

/** The file's keys, or its fault: either way it is read once. */
function remember(path: string): () => readonly IssuedKey[] {
  try {
    const keys = readKeys(path);
    return () => keys;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** @throws KeyFileError on a file that others may read, or that holds something else */
function readKeys(path: string): readonly IssuedKey[] {
  let text: string;
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    if (!status) return [];
    // Windows has no such modes.
    if (process.platform !== "win32" && (status.mode & 0o077) !== 0) {
      throw new KeyFileError(`${path} can be read by others: chmod 600 ${path}`);
    }
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof KeyFileError) throw cause;
    throw new KeyFileError(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
  return parseKeys(text, path);
}
