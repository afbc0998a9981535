/** Bytes under a key, with the tag that changes whenever they do. */
export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** What must hold for a put to happen: nothing there yet, or still what was read. */
export type PutCondition = { readonly ifNoneMatch: "*" } | { readonly ifMatch: string };

/**
 * Bytes under keys: a folder, or a bucket with a prefix. A put is whole or not at all, and what a reader sees was
 * put by somebody. Keys are names joined by `/`: letters, digits and `. _ - =`, each name beginning with one of the
 * first two.
 */
export interface Store {
  /** where it is, as a person would name it */
  readonly location: string;
  /** `undefined` where there is nothing */
  get(key: string): Promise<StoredObject | undefined>;
  /** bytes of an object without reading it; `undefined` where there is nothing */
  size(key: string): Promise<number | undefined>;
  /**
   * Fills `target` with exactly the object's bytes, in rising order and of any length; `onFilled` is told after every
   * piece how many are there, so that a digest can be computed beside the reading. What it throws ends the reading.
   * @throws MissingKeyError where there is nothing
   * @throws StoreError where the object is shorter or longer than the target
   */
  readInto(key: string, target: Uint8Array, onFilled?: (byteCount: number) => void): Promise<void>;
  /** @throws ConflictError where the condition does not hold; nothing was changed then */
  put(key: string, bytes: Uint8Array, condition?: PutCondition): Promise<{ readonly etag: string }>;
  /** every key that begins with the prefix, in order of its bytes */
  list(prefix: string): Promise<string[]>;
  /** a key that is not there is no error */
  delete(key: string): Promise<void>;
  /** the key as a person would look for it: a path or an address */
  describe(key: string): string;
}

/** A conditional put came too late: somebody else's bytes are there, or none any more. */
export class ConflictError extends Error {
  override name = "ConflictError";
}

/** Where the bytes should be they could not be read or written. */
export class StoreError extends Error {
  override name: string = "StoreError";
}

/** There is nothing under the key. */
export class MissingKeyError extends StoreError {
  override name = "MissingKeyError";
}

const keyPattern = /^[A-Za-z0-9][A-Za-z0-9._=-]*(\/[A-Za-z0-9][A-Za-z0-9._=-]*)*$/;
const keyLengthMax = 900;

export function isKey(text: string): boolean {
  return text.length <= keyLengthMax && keyPattern.test(text);
}

/** @throws StoreError on a key that could leave the store or that not every store can hold */
export function checkKey(key: string): void {
  if (isKey(key)) return;
  throw new StoreError(`"${key.slice(0, 100)}" is no key: names of letters, digits, . _ = and - joined by /`);
}

/** @throws StoreError on a prefix that no key can begin with */
export function checkPrefix(prefix: string): void {
  if (prefix !== "" && !isKey(prefix.replace(/\/$/, ""))) {
    throw new StoreError(`"${prefix.slice(0, 100)}" is the beginning of no key`);
  }
}
