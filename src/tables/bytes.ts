import { isUtf8 } from "node:buffer";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { TableError } from "./table.ts";

export type Chunks<T> = AsyncIterable<T>;

const lineFeed = 0x0a;

/** The first chunks, until `isEnough` or the end, and then all of them once more with the rest. */
export async function peek<T>(
  chunks: Chunks<T>,
  isEnough: (head: readonly T[]) => boolean,
): Promise<{ head: readonly T[]; all: Chunks<T> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const head: T[] = [];
  while (!isEnough(head)) {
    const next = await iterator.next();
    if (next.done) break;
    head.push(next.value);
  }
  async function* all() {
    yield* head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { head, all: all() };
}

/** Decompresses gzip, in one or several members. */
export async function* gunzip(chunks: Chunks<Uint8Array>, file: string): Chunks<Uint8Array> {
  const plain = createGunzip({ chunkSize: 1 << 18 });
  // The error also comes out of the loop below; without a callback it would be thrown past everyone.
  pipeline(Readable.from(chunks), plain, () => {});
  let byteCount = 0;
  try {
    for await (const chunk of plain) {
      byteCount += chunk.length;
      yield chunk;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith("Z_")) throw error;
    const what = code === "Z_BUF_ERROR" ? "are cut off" : `are damaged (${message})`;
    throw new TableError(`${file}: the gzip data ${what}, after ${byteCount} bytes of content`, {
      cause: error,
    });
  }
}

/** UTF-8 as text, without a byte order mark. */
export async function* decodeText(chunks: Chunks<Uint8Array>, file: string): Chunks<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let lines = 0;
  const decode = (chunk: Uint8Array | undefined): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch (error) {
      const line = lines + 1 + (chunk ? linesBeforeFault(chunk) : 0);
      throw new TableError(
        `${file}: line ${line} is not UTF-8; save the file as UTF-8, as in iconv -f LATIN1 -t UTF-8`,
        { cause: error },
      );
    }
  };
  for await (const chunk of chunks) {
    const text = decode(chunk);
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) lines++;
    if (text !== "") yield text;
  }
  const rest = decode(undefined);
  if (rest !== "") yield rest;
}

function linesBeforeFault(chunk: Uint8Array): number {
  let from = 0;
  // The chunk may begin inside a character whose first bytes were fine.
  while (from < 3 && (chunk[from] & 0xc0) === 0x80) from++;
  let lines = 0;
  for (let to = chunk.indexOf(lineFeed); to >= 0; to = chunk.indexOf(lineFeed, from)) {
    if (!isUtf8(chunk.subarray(from, to))) break;
    lines++;
    from = to + 1;
  }
  return lines;
}
