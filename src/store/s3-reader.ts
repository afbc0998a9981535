import type { S3Access } from "./s3-access.ts";
import {
  checkDigest,
  etagIn,
  failureIn,
  type Head,
  keysIn,
  markIn,
  nextPageIn,
  sizeIn,
  wrongSize,
} from "./s3-answer.ts";
import { explain, failureOf, isMissing, S3Failure } from "./s3-failure.ts";
import { PieceReading } from "./s3-pieces.ts";
import type { S3Place, S3Settings } from "./s3-place.ts";
import { exchange } from "./s3-request.ts";
import { withRetries } from "./s3-retries.ts";
import { encodeKey, encodeQuery, signGet } from "./s3-signature.ts";
import { MissingKeyError, type StoredObject } from "./store.ts";

/** What can be told of an object without reading it. */
export interface Looked {
  readonly size: number;
  readonly etag: string;
  /** what its writer marked it with */
  readonly mark: string | undefined;
}

export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  /** asks the bucket and not an object */
  readonly list?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Reads objects by GETs that it signs itself. A server that starts needs nothing else, and the SDK's client would
 * take longer to load than most models.
 */
export class S3Reader {
  readonly #place: S3Place;
  readonly #access: S3Access;
  readonly #settings: S3Settings;

  constructor(place: S3Place, access: S3Access, settings: S3Settings) {
    this.#place = place;
    this.#access = access;
    this.#settings = settings;
  }

  get(key: string): Promise<StoredObject | undefined> {
    return this.#orMissing(key, () =>
      this.#ask(key, { headers: { "x-amz-checksum-mode": "ENABLED" } }, (head, bytes) => {
        checkDigest(bytes, head);
        return { bytes, etag: etagIn(head) };
      }),
    );
  }

  /** By reading one byte: an answer to HEAD could not say what is wrong. */
  look(key: string): Promise<Looked | undefined> {
    const told = (head: Head) => ({ size: sizeIn(head), etag: etagIn(head), mark: markIn(head) });
    return this.#orMissing(key, async () => {
      try {
        return await this.#ask(key, { headers: { range: "bytes=0-0" } }, told);
      } catch (error) {
        // An empty object has no first byte.
        if (error instanceof S3Failure && error.status === 416) return this.#ask(key, {}, told);
        throw error;
      }
    });
  }

  async readInto(
    key: string,
    target: Uint8Array,
    where: string,
    onFilled?: (byteCount: number) => void,
  ): Promise<void> {
    const size = await this.#orMissing(key, async () => {
      if (target.length === 0) return (await this.look(key))?.size;
      const send = (asking: Asking, receive: (head: Head) => (chunk: Buffer) => void) =>
        this.#send(key, asking, receive);
      try {
        await new PieceReading({ target, where, onFilled, settings: this.#settings }, send).run();
        return target.length;
      } catch (error) {
        // No range of an empty object can be had.
        if (error instanceof S3Failure && error.status === 416) return (await this.look(key))?.size;
        throw error;
      }
    });
    if (size === undefined) throw new MissingKeyError(`${where} is not there`);
    if (size !== target.length) throw wrongSize(where, size, target.length);
  }

  /** Every key that begins with the prefix, whoever put it, a page after the other. */
  async list(prefix: string): Promise<string[]> {
    const own = this.#place.prefix;
    const keys: string[] = [];
    let page: string | undefined;
    do {
      const list = {
        "list-type": "2",
        prefix: own + prefix,
        ...(page !== undefined && { "continuation-token": page }),
      };
      const text = await this.#ask(prefix, { list }, (_, body) => body.toString("utf8"));
      for (const key of keysIn(text)) keys.push(key.slice(own.length));
      page = nextPageIn(text);
    } while (page !== undefined);
    return keys;
  }

  async #orMissing<T>(key: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof S3Failure && isMissing(error)) return undefined;
      throw explain(error, "read", this.#place, key);
    }
  }

  /** A whole answer, in as many attempts as it may take. */
  #ask<T>(key: string, asking: Asking, read: (head: Head, body: Buffer) => T): Promise<T> {
    const once = async () => {
      let answer: { head: Head; chunks: Buffer[] } | undefined;
      await this.#send(key, asking, (head) => {
        const chunks: Buffer[] = [];
        answer = { head, chunks };
        return (chunk) => chunks.push(chunk);
      });
      return read(answer!.head, Buffer.concat(answer!.chunks));
    };
    return withRetries(once, { settings: this.#settings });
  }

  /** One attempt, and another at once where the answer says what was wrong with how it was asked. */
  async #send(key: string, asking: Asking, receive: (head: Head) => (chunk: Buffer) => void): Promise<void> {
    try {
      return await this.#sendOnce(key, asking, receive);
    } catch (error) {
      const failure = failureOf(error);
      if (!(failure instanceof S3Failure) || !(await this.#access.mend(failure))) throw failure;
    }
    return this.#sendOnce(key, asking, receive);
  }

  async #sendOnce(
    key: string,
    { headers = {}, list, signal }: Asking,
    receive: (head: Head) => (chunk: Buffer) => void,
  ): Promise<void> {
    const { base, region, credentials } = await this.#access.now();
    const url = new URL(base + (list ? `?${encodeQuery(list)}` : encodeKey(this.#place.prefix + key)));
    const signed = signGet(url, headers, { region, credentials, now: new Date() });
    const refusal: Buffer[] = [];
    let refused: Head | undefined;
    await exchange(url, { headers: signed, settings: this.#settings, signal }, (response) => {
      const head = { status: response.statusCode ?? 0, headers: response.headers };
      if (head.status === 200 || head.status === 206) return receive(head);
      refused = head;
      return (chunk) => refusal.push(chunk);
    });
    if (refused) throw failureIn(refused, Buffer.concat(refusal));
  }
}
