import { S3Access } from "./s3-access.ts";
import { type Action, explain, failureOf } from "./s3-failure.ts";
import { parsePlace, type S3Place, type S3Settings } from "./s3-place.ts";
import { S3Reader } from "./s3-reader.ts";
import { checkKey, checkPrefix, isKey, type PutCondition, type Store, type StoredObject } from "./store.ts";

/**
 * A store in a bucket, under a prefix. Reading and listing load nothing but Node's own HTTP; writing and deleting
 * load AWS's client when they are first asked for.
 */
export class S3Store implements Store {
  readonly location: string;
  readonly #place: S3Place;
  readonly #settings: S3Settings;
  readonly #access: S3Access;
  readonly #reader: S3Reader;

  /** @throws StoreError on a location that names no bucket */
  constructor(location: string, settings: S3Settings = {}) {
    this.#place = parsePlace(location);
    this.#settings = settings;
    this.#access = new S3Access(this.#place, settings);
    this.#reader = new S3Reader(this.#place, this.#access, settings);
    this.location = `s3://${this.#place.bucket}/${this.#place.prefix}`.replace(/\/$/, "");
  }

  describe(key: string): string {
    checkKey(key);
    return `s3://${this.#place.bucket}/${this.#place.prefix}${key}`;
  }

  async get(key: string): Promise<StoredObject | undefined> {
    checkKey(key);
    return this.#reader.get(key);
  }

  async size(key: string): Promise<number | undefined> {
    checkKey(key);
    return (await this.#reader.look(key))?.size;
  }

  async readInto(key: string, target: Uint8Array, onFilled?: (byteCount: number) => void): Promise<void> {
    await this.#reader.readInto(key, target, this.describe(key), onFilled);
  }

  async put(key: string, bytes: Uint8Array, condition?: PutCondition): Promise<{ readonly etag: string }> {
    const where = this.describe(key);
    return this.#explained("write", key, async () => {
      const { put } = await import("./s3-writer.ts");
      const look = () => this.#reader.look(key);
      return put({ ...(await this.#bucket()), key: this.#place.prefix + key, bytes, condition, where, look });
    });
  }

  async list(prefix: string): Promise<string[]> {
    checkPrefix(prefix);
    // What others put into the bucket under names that are no keys is not the store's.
    return this.#explained("list", prefix, async () =>
      (await this.#reader.list(prefix)).filter(isKey).sort(),
    );
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    await this.#explained("delete", key, async () => {
      const { remove } = await import("./s3-writer.ts");
      await remove({ ...(await this.#bucket()), key: this.#place.prefix + key });
    });
  }

  async #bucket() {
    return { client: await this.#access.client(), bucket: this.#place.bucket, settings: this.#settings };
  }

  async #explained<T>(action: Action, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explain(failureOf(error), action, this.#place, key);
    }
  }
}
