import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
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

/** Writes a zip file entry by entry, stored as they are. To be finished. */
export class ZipWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #directory: Uint8Array[] = [];
  #offset = 0;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  static async create(path: string): Promise<ZipWriter> {
    return new ZipWriter(await open(path, "w"), path);
  }

  /** @param parts the entry's bytes, one after the other */
  async add(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const byteLength = parts.reduce((sum, part) => sum + part.length, 0);
    if (this.#offset + byteLength + 2 ** 20 >= elsewhere) {
      throw new ExchangeError(`${this.#path} would go past the 4 GiB of a zip file: export --to safetensors`);
    }
    const crc = parts.reduce((before, part) => crc32(part, before), 0);
    const encoded = new TextEncoder().encode(name);
    const about = { name: encoded, crc, byteLength, offset: this.#offset };
    this.#directory.push(directoryRecord(about));
    for (const part of [localRecord(about), ...parts]) {
      await this.#file.writeFile(part);
      this.#offset += part.length;
    }
  }

  async finish(): Promise<void> {
    const directoryLength = this.#directory.reduce((sum, record) => sum + record.length, 0);
    const end = new DataView(new ArrayBuffer(endBytes));
    end.setUint32(0, endSignature, true);
    end.setUint16(8, this.#directory.length, true);
    end.setUint16(10, this.#directory.length, true);
    end.setUint32(12, directoryLength, true);
    end.setUint32(16, this.#offset, true);
    for (const record of this.#directory) await this.#file.writeFile(record);
    await this.#file.writeFile(bytesOf(end));
    await this.#file.close();
  }

  /** Closes a file that shall not be finished. */
  abandon(): Promise<void> {
    return this.#file.close();
  }
}

interface EntryRecord {
  readonly name: Uint8Array;
  readonly crc: number;
  readonly byteLength: number;
  readonly offset: number;
}

const zipVersion = 20;
/** names are UTF-8 */
const flags = 0x0800;
/** 1 January 1980, the first day that the format knows: equal contents are equal files */
const firstDay = 0x0021;

function localRecord({ name, crc, byteLength }: EntryRecord): Uint8Array {
  const view = new DataView(new ArrayBuffer(localBytes + name.length));
  view.setUint32(0, localSignature, true);
  writeShared(view, 4, { name, crc, byteLength });
  bytesOf(view).set(name, localBytes);
  return bytesOf(view);
}

function directoryRecord({ offset, ...entry }: EntryRecord): Uint8Array {
  const view = new DataView(new ArrayBuffer(directoryBytes + entry.name.length));
  view.setUint32(0, directorySignature, true);
  view.setUint16(4, zipVersion, true);
  writeShared(view, 6, entry);
  view.setUint32(42, offset, true);
  bytesOf(view).set(entry.name, directoryBytes);
  return bytesOf(view);
}

/** What both records of an entry say in the same order: version, flags, method, date, CRC, sizes, length of the name. */
function writeShared(
  view: DataView,
  at: number,
  { name, crc, byteLength }: Omit<EntryRecord, "offset">,
): void {
  view.setUint16(at, zipVersion, true);
  view.setUint16(at + 2, flags, true);
  view.setUint16(at + 8, firstDay, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, byteLength, true);
  view.setUint32(at + 18, byteLength, true);
  view.setUint16(at + 22, name.length, true);
}
