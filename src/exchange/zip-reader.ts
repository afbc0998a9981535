import { type FileHandle, open } from "node:fs/promises";
import { crc32, inflateRawSync } from "node:zlib";
import { ExchangeError } from "./exchange-error.ts";
import {
  bytesOf,
  directoryBytes,
  directorySignature,
  elsewhere,
  endBytes,
  endSignature,
  localBytes,
  localSignature,
} from "./zip-layout.ts";

const commentBytesMax = 0xffff;

interface ZipEntry {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly byteLength: number;
  readonly offset: number;
}

/** A zip file whose entries are read when they are asked for, each held to the directory's size and CRC-32. */
export class ZipReader {
  readonly names: readonly string[];
  readonly #file: FileHandle;
  readonly #where: string;
  readonly #entries: ReadonlyMap<string, ZipEntry>;

  private constructor(file: FileHandle, where: string, entries: readonly ZipEntry[]) {
    this.#file = file;
    this.#where = where;
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]));
    this.names = [...this.#entries.keys()];
  }

  /** @throws ExchangeError naming the file where it is none, or damaged; to be closed */
  static async open(path: string): Promise<ZipReader> {
    const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
      const why = cause.code === "ENOENT" ? "there is no such file" : cause.message;
      throw new ExchangeError(`${path}: ${why}`, { cause });
    });
    try {
      return new ZipReader(file, path, await readDirectory(file, path));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The entry's bytes, in a buffer of their own. @throws ExchangeError where it is missing or damaged */
  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const entry = this.#entries.get(name);
    const at = `${this.#where}: ${name}`;
    if (!entry) throw new ExchangeError(`${at} is not in it; there are ${this.names.join(", ")}`);
    if (entry.isEncrypted) throw new ExchangeError(`${at} is encrypted: save it without a password`);
    const local = await readAt(this.#file, entry.offset, localBytes, at);
    if (local.getUint32(0, true) !== localSignature)
      throw new ExchangeError(`${at} is not where it should be`);
    const from = entry.offset + localBytes + local.getUint16(26, true) + local.getUint16(28, true);
    const packed = bytesOf(await readAt(this.#file, from, entry.packedBytes, at));
    const bytes = unpack(packed, entry, at);
    if (bytes.length !== entry.byteLength || crc32(bytes) !== entry.crc) {
      throw new ExchangeError(`${at} is damaged: its checksum is another; copy or save the file again`);
    }
    return bytes;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function unpack(packed: Uint8Array<ArrayBuffer>, { method, byteLength }: ZipEntry, at: string) {
  if (method === 0) return packed;
  if (method !== 8) {
    throw new ExchangeError(
      `${at} is packed by method ${method}: save it by numpy.savez or savez_compressed`,
    );
  }
  try {
    // Never more than was promised, whatever the bytes would unpack to.
    const inflated = inflateRawSync(packed, { maxOutputLength: Math.max(1, byteLength) });
    const own = new Uint8Array(inflated.length);
    own.set(inflated);
    return own;
  } catch (cause) {
    throw new ExchangeError(`${at} is damaged: ${(cause as Error).message}`, { cause });
  }
}

async function readDirectory(file: FileHandle, where: string): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, endBytes + commentBytesMax);
  const tail = await readAt(file, size - tailBytes, tailBytes, where);
  let end = tailBytes - endBytes;
  while (end >= 0 && tail.getUint32(end, true) !== endSignature) end--;
  if (end < 0) throw new ExchangeError(`${where} is no npz file: it does not end as a zip file does`);
  const count = tail.getUint16(end + 10, true);
  const byteLength = tail.getUint32(end + 12, true);
  const offset = tail.getUint32(end + 16, true);
  if (count === 0xffff || offset === elsewhere) throw tooLarge(where);
  return parseDirectory(await readAt(file, offset, byteLength, where), count, where);
}

function parseDirectory(view: DataView<ArrayBuffer>, count: number, where: string): ZipEntry[] {
  const damaged = () => new ExchangeError(`${where} is damaged: its directory cannot be read; copy it again`);
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + directoryBytes > view.byteLength || view.getUint32(at, true) !== directorySignature)
      throw damaged();
    const nameBytes = view.getUint16(at + 28, true);
    const next =
      at + directoryBytes + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > view.byteLength) throw damaged();
    const name = new TextDecoder().decode(
      bytesOf(view).subarray(at + directoryBytes, at + directoryBytes + nameBytes),
    );
    const entry = {
      name,
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedBytes: view.getUint32(at + 20, true),
      byteLength: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    if ([entry.packedBytes, entry.byteLength, entry.offset].includes(elsewhere))
      throw tooLarge(`${where}: ${name}`);
    entries.push(entry);
    at = next;
  }
  return entries;
}

function tooLarge(what: string): ExchangeError {
  return new ExchangeError(
    `${what} goes past 4 GiB, and so does what a model file may hold: take a lower rank`,
  );
}

function cutOff(where: string): ExchangeError {
  return new ExchangeError(`${where} is cut off: copy or save the file again`);
}

async function readAt(file: FileHandle, from: number, byteLength: number, where: string) {
  // Asked before anything is allocated: a damaged directory may promise any size.
  const { size } = await file.stat();
  if (from + byteLength > size) throw cutOff(where);
  const bytes = new Uint8Array(new ArrayBuffer(byteLength));
  for (let done = 0; done < byteLength; ) {
    const { bytesRead } = await file.read(bytes, done, Math.min(byteLength - done, 2 ** 30), from + done);
    if (bytesRead === 0) throw cutOff(where);
    done += bytesRead;
  }
  return new DataView(bytes.buffer);
}
