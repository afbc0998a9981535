import { createHmac, randomBytes } from "node:crypto";
import { z } from "zod";
import { ConflictError, type Store } from "../store/store.ts";
import { onlyOnce, RegistryError, readDocument, toJson } from "./documents.ts";

const secretSchema = z.object({ secret: z.string().regex(/^[0-9a-f]{64}$/) });
const erasureSchema = z.object({
  erasedAt: z.iso.datetime(),
  /** what stands for the user in models that hide ids */
  pseudonyms: z.array(z.string()).optional(),
});
type Erasure = z.infer<typeof erasureSchema>;

const prefix = "erasures/";
const secretKey = `${prefix}secret.json`;
const erasurePattern = /^erasures\/([0-9a-f]{64})\.json$/;

/**
 * Who has been erased, and when: one document per erasure, named by the HMAC of the user's id, so that the ledger
 * tells of an id whether it was erased and holds none. The HMAC's secret lies beside; who may read the registry could
 * test a guess with it, and can read the models too.
 *
 * What a user did up to the erasure is as if it had never been; whoever comes back under the same id begins anew.
 */
export class Erasures {
  readonly #store: Store;
  readonly #now: () => Date;
  readonly #pseudonymsOf: (userId: string) => Promise<readonly string[]>;
  #secret: Buffer | undefined;
  /** erasure key → what its document says; undefined until it could be read */
  #erased: ReadonlyMap<string, Erasure | undefined> = new Map();
  /** pseudonym → erasure key */
  #byPseudonym: ReadonlyMap<string, string> = new Map();

  /** @param pseudonymsOf what stands for a user in models: noted at the erasure, since only then the id is known */
  constructor(
    store: Store,
    now: () => Date = () => new Date(),
    pseudonymsOf: (userId: string) => Promise<readonly string[]> = async () => [],
  ) {
    this.#store = store;
    this.#now = now;
    this.#pseudonymsOf = pseudonymsOf;
  }

  get isEmpty(): boolean {
    return this.#erased.size === 0;
  }

  /** Reads which erasures there are. @throws RegistryError where they cannot be understood */
  async refresh(): Promise<void> {
    const found = (await this.#store.list(prefix)).flatMap((key) => erasurePattern.exec(key)?.[1] ?? []);
    if (found.length === 0 && this.isEmpty) return;
    await this.#readSecret();
    if (this.#secret === undefined && found.length > 0) {
      throw new RegistryError(
        `${this.#store.describe(secretKey)} is missing: without it nobody can tell who was erased; restore it`,
      );
    }
    const erased = new Map<string, Erasure | undefined>();
    for (const key of found) erased.set(key, this.#erased.get(key) ?? (await this.#readErasure(key)));
    this.#remember(erased);
  }

  /** Makes the secret, so that every server can name an erasure from the first one on. */
  async prepare(): Promise<void> {
    await this.#readSecret();
    if (this.#secret !== undefined) return;
    try {
      await this.#store.put(secretKey, toJson({ secret: randomBytes(32).toString("hex") }), onlyOnce);
    } catch (error) {
      // Another server was first: its secret is everybody's.
      if (!(error instanceof ConflictError)) throw error;
    }
    await this.#readSecret();
  }

  /** The erasure key of a user; `undefined` before `prepare`, while nobody was ever erased. */
  keyOf(userId: string): string | undefined {
    return this.#secret && createHmac("sha256", this.#secret).update(userId).digest("hex");
  }

  /**
   * Until when what this user did is erased, in epoch seconds; `undefined` if it is not. A pseudonym stands for the user.
   */
  erasedAt(userId: string): number | undefined {
    if (this.isEmpty) return undefined;
    const own = this.keyOf(userId);
    const key = own !== undefined && this.#erased.has(own) ? own : this.#byPseudonym.get(userId);
    if (key === undefined) return undefined;
    const erasure = this.#erased.get(key);
    return erasure === undefined ? Number.POSITIVE_INFINITY : secondsOf(erasure.erasedAt);
  }

  /** Enters a user into the ledger, known or not; gives the erasure's key and its date in epoch seconds. */
  async add(userId: string): Promise<{ readonly key: string; readonly at: number }> {
    await this.prepare();
    const key = this.keyOf(userId);
    if (key === undefined) throw new RegistryError(`${this.#store.describe(secretKey)} could not be made`);
    const erasedAt = this.#now().toISOString();
    const pseudonyms = await this.#pseudonymsOf(userId);
    const erasure = { erasedAt, ...(pseudonyms.length > 0 && { pseudonyms: [...pseudonyms] }) };
    await this.#store.put(documentKey(key), toJson(erasure));
    this.#remember(new Map([...this.#erased, [key, erasure]]));
    return { key, at: secondsOf(erasedAt) };
  }

  async #readSecret(): Promise<void> {
    if (this.#secret !== undefined) return;
    const document = await readDocument(this.#store, secretKey, secretSchema);
    if (document) this.#secret = Buffer.from(document.value.secret, "hex");
  }

  #remember(erased: ReadonlyMap<string, Erasure | undefined>): void {
    this.#erased = erased;
    const found = [...erased].flatMap(([key, erasure]) =>
      (erasure?.pseudonyms ?? []).map((each) => [each, key] as const),
    );
    this.#byPseudonym = new Map(found);
  }

  async #readErasure(key: string): Promise<Erasure | undefined> {
    return (await readDocument(this.#store, documentKey(key), erasureSchema))?.value;
  }
}

function documentKey(key: string): string {
  return `${prefix}${key}.json`;
}

/** Rounded up: what happened within the same second is erased too. */
function secondsOf(date: string): number {
  return Math.ceil(Date.parse(date) / 1000);
}
