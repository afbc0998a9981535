import { ConflictError, MissingKeyError, type PutCondition, type Store } from "../../src/store/store.ts";

/** Bytes under keys in memory; every call passes through `around`, so that a test can make it fail. */
export class MemoryStore implements Store {
  readonly location = "memory";
  readonly objects = new Map<string, { bytes: Uint8Array; etag: string }>();
  readonly #around: <T>(name: string, call: () => T) => Promise<T>;
  #writes = 0;

  constructor(around: <T>(name: string, call: () => T) => Promise<T> = async (_, call) => call()) {
    this.#around = around;
  }

  get(key: string) {
    return this.#around(`get ${key}`, () => this.objects.get(key));
  }

  size(key: string) {
    return this.#around(`size ${key}`, () => this.objects.get(key)?.bytes.length);
  }

  async readInto(key: string, target: Uint8Array, onFilled?: (byteCount: number) => void): Promise<void> {
    const found = this.objects.get(key);
    if (!found) throw new MissingKeyError(key);
    target.set(found.bytes);
    onFilled?.(found.bytes.length);
  }

  put(key: string, bytes: Uint8Array, condition?: PutCondition) {
    return this.#around(`put ${key}`, () => {
      const before = this.objects.get(key);
      if (condition && "ifMatch" in condition && before?.etag !== condition.ifMatch)
        throw new ConflictError(key);
      if (condition && "ifNoneMatch" in condition && before) throw new ConflictError(key);
      const etag = `etag ${++this.#writes}`;
      this.objects.set(key, { bytes: bytes.slice(), etag });
      return { etag };
    });
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async delete(key: string): Promise<void> {
    this.objects.delete(key);
  }

  describe(key: string): string {
    return key;
  }
}
