import { etagIn, type Head, sizeIn, wrongSize } from "./s3-answer.ts";
import { S3Failure } from "./s3-failure.ts";
import type { S3Settings } from "./s3-place.ts";
import { withRetries } from "./s3-retries.ts";
import { StoreError } from "./store.ts";

const pieceBytes = 8 * 2 ** 20;
const readersMax = 8;

export interface PieceTarget {
  /** filled with exactly the object's bytes */
  readonly target: Uint8Array;
  /** the object, as a person names it */
  readonly where: string;
  readonly onFilled: ((byteCount: number) => void) | undefined;
  readonly settings: S3Settings;
}

type Send = (
  asking: { headers: Record<string, string>; signal: AbortSignal },
  receive: (head: Head) => (chunk: Buffer) => void,
) => Promise<void>;

/**
 * One object read into memory by several readers at once, each a piece at a time. A piece that is cut goes on where
 * it was cut. The first answer says which version of the object all others must be of.
 */
export class PieceReading {
  readonly #options: PieceTarget;
  readonly #send: Send;
  readonly #stop = new AbortController();
  readonly #isFilled: boolean[] = [];
  readonly #readers: Promise<void>[] = [];
  readonly #count: number;
  #etag: string | undefined;
  #next = 0;
  #told = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: PieceTarget, send: Send) {
    this.#options = options;
    this.#send = send;
    this.#count = Math.ceil(options.target.length / pieceBytes);
  }

  /** Ends when nobody writes into the target any more, whether it went well or not. */
  async run(): Promise<void> {
    await this.#reader();
    // The first reader has started them all.
    await Promise.all(this.#readers);
    if (this.#failure) throw this.#failure.error;
  }

  /** Never rejects: the first failure is kept and stops the others. */
  async #reader(): Promise<void> {
    try {
      while (this.#next < this.#count && !this.#failure) await this.#readPiece(this.#next++);
    } catch (error) {
      this.#failure ??= { error };
      this.#stop.abort();
    }
  }

  async #readPiece(piece: number): Promise<void> {
    const { target, where, settings } = this.#options;
    const from = piece * pieceBytes;
    const to = Math.min(from + pieceBytes, target.length);
    let at = from;
    const read = async () => {
      const range = `bytes=${at}-${to - 1}`;
      const headers = { range, ...(this.#etag !== undefined && { "if-match": this.#etag }) };
      await this.#send({ headers, signal: this.#stop.signal }, (head) => {
        this.#checkHead(head, at);
        return (chunk) => {
          if (chunk.length > to - at) throw new StoreError(`${where}: more came than ${range}`);
          target.set(chunk, at);
          at += chunk.length;
        };
      });
      if (at < to) throw new S3Failure("Truncated", `it ended at byte ${at} of ${to}`);
    };
    await withRetries(read, { settings, signal: this.#stop.signal, progress: () => at });
    this.#isFilled[piece] = true;
    this.#tell();
  }

  #checkHead(head: Head, at: number): void {
    const { target, where } = this.#options;
    const size = sizeIn(head);
    if (size !== target.length) throw wrongSize(where, size, target.length);
    if (head.status === 200 ? this.#count > 1 || at > 0 : !startsAt(head, at)) {
      throw new StoreError(`${where}: the endpoint does not answer ranges, which a registry needs`);
    }
    if (this.#etag !== undefined) return;
    this.#etag = etagIn(head);
    const others = Math.min(readersMax, this.#count) - 1;
    for (let started = 0; started < others; started++) this.#readers.push(this.#reader());
  }

  /** In rising order, and only of what is there without a gap. */
  #tell(): void {
    const before = this.#told;
    while (this.#isFilled[this.#told]) this.#told++;
    if (this.#told === before || this.#failure) return;
    this.#options.onFilled?.(Math.min(this.#told * pieceBytes, this.#options.target.length));
  }
}

function startsAt({ headers }: Head, at: number): boolean {
  return headers["content-range"]?.startsWith(`bytes ${at}-`) ?? false;
}
