import { ConflictError, MissingKeyError, type PutCondition, type Store } from "../../src/store/store.ts";

/** A store that brings nothing to a disk: for tests of what is kept in one, not of the keeping. */
export class MemoryStore implements Store {
  readonly location = "memory";
  readonly #objects = new Map<string, { bytes: Uint8Array; etag: string }>();
  #puts = 0;

  async get(key: string) {
    return this.#objects.get(key);
  }

  async size(key: string) {
    return this.#objects.get(key)?.bytes.length;
  }

  async readInto(key: string, target: Uint8Array): Promise<void> {
    const object = this.#objects.get(key);
    if (!object) throw new MissingKeyError(key);
    target.set(object.bytes);
  }

  async put(key: string, bytes: Uint8Array, condition?: PutCondition) {
    const etag = this.#objects.get(key)?.etag;
    const expected = condition && ("ifMatch" in condition ? condition.ifMatch : undefined);
    if (condition && etag !== expected) throw new ConflictError(`${key} is another one`);
    this.#puts++;
    const object = { bytes, etag: String(this.#puts) };
    this.#objects.set(key, object);
    return object;
  }

  async list(prefix: string) {
    return [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async delete(key: string) {
    this.#objects.delete(key);
  }

  describe(key: string) {
    return `memory/${key}`;
  }
}
