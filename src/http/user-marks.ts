import { createHmac, createSecretKey, type KeyObject, randomBytes } from "node:crypto";

const dayMs = 24 * 3600 * 1000;

/**
 * Names for users in the log: an HMAC whose key is made anew each day from the secret that signs shoppers' tokens,
 * which every container of a deployment shares. So one user's requests of a day can be followed through all of
 * them, and not into the next day nor, without the secret, back to the user. Without a secret each process draws
 * its own.
 */
export class UserMarks {
  readonly #secrets: () => readonly Uint8Array[];
  readonly #now: () => number;
  readonly #own = randomBytes(32);
  #key: { readonly day: number; readonly secret: Uint8Array; readonly object: KeyObject } | undefined;

  constructor(secrets: () => readonly Uint8Array[], now: () => number = Date.now) {
    this.#secrets = secrets;
    this.#now = now;
  }

  /** 16 characters: 96 bits. */
  of(userId: string): string {
    return createHmac("sha256", this.#dayKey()).update(userId).digest("base64url").slice(0, 16);
  }

  #dayKey(): KeyObject {
    const day = Math.floor(this.#now() / dayMs);
    const secret = this.#secret();
    const key = this.#key;
    if (key?.day === day && Buffer.compare(key.secret, secret) === 0) return key.object;
    const bytes = createHmac("sha256", secret).update(`aisle: users in the log of day ${day}`).digest();
    // As bytes, a key would be made ready anew at each use, which takes twenty times as long.
    const object = createSecretKey(bytes);
    this.#key = { day, secret, object };
    return object;
  }

  /** The newest. A keys file that cannot be used stops callers, which the guard tells them; the log goes on. */
  #secret(): Uint8Array {
    try {
      return this.#secrets().at(-1) ?? this.#own;
    } catch {
      return this.#own;
    }
  }
}
