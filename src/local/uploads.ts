import { createWriteStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Problem } from "../http/problem.ts";

/** A file as it was kept. */
export interface Upload {
  readonly path: string;
  /** as it was called where it came from */
  readonly name: string;
  readonly bytes: number;
}

export interface UploadOrder {
  readonly name: string;
  readonly bytesMax: number;
  /** told now and then how many bytes are here */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Files that arrive while a server runs, in a folder that goes with it. One that does not arrive whole leaves nothing;
 * what a killed process left is cleared away by the next one that opens the same place.
 */
export class Uploads {
  readonly #place: string;
  readonly #folder: string;
  #count = 0;

  constructor(place: string) {
    this.#place = place;
    this.#folder = join(place, `${process.pid}`);
  }

  /** Clears away what processes left that are gone. */
  async sweep(): Promise<void> {
    const left = await readdir(this.#place).catch(() => []);
    const dead = left.filter((name) => /^\d+$/.test(name) && !isAlive(Number(name)));
    await Promise.all(dead.map((name) => rm(join(this.#place, name), { recursive: true, force: true })));
  }

  /** @throws Problem where it is too large, breaks off, or the disk is full */
  async receive(body: Readable, { name, bytesMax, onBytes, signal }: UploadOrder): Promise<Upload> {
    const folder = join(this.#folder, String(++this.#count));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, fileName(name));
    let bytes = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _, done) {
        bytes += chunk.length;
        onBytes?.(bytes);
        done(bytes > bytesMax ? tooLarge(name, bytesMax) : null, chunk);
      },
    });
    try {
      const file = createWriteStream(path, { flags: "wx", mode: 0o600 });
      await pipeline(body, counted, file, signal ? { signal } : {});
      if (bytes === 0) throw empty(name);
      return { path, name, bytes };
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw problemOf(error, name);
    }
  }

  async remove({ path }: Upload): Promise<void> {
    await rm(join(path, ".."), { recursive: true, force: true });
  }

  /** Everything that arrived is gone once this resolves. */
  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    // Others may have files there.
    const left = await readdir(this.#place).catch(() => [""]);
    if (left.length === 0) await rm(this.#place, { recursive: true, force: true });
  }
}

/** Says what a file of so many bytes has to be told before any of them is read. @throws Problem */
export function checkSize(name: string, bytes: number, bytesMax: number): void {
  if (bytes > bytesMax) throw tooLarge(name, bytesMax);
}

/** The end of a name, which tells the format, in characters that every file system takes. */
function fileName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^\.+/, "");
  return plain.slice(-80) || "file";
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function tooLarge(name: string, bytesMax: number): Problem {
  const most = Math.floor(bytesMax / 1e6).toLocaleString("en");
  const detail = `${name} has more than ${most} MB, which is the most that this page takes: aisle train --events FILE reads it from where it lies.`;
  // The rest of the body is not worth waiting for.
  const headers = { connection: "close" };
  return new Problem({ name: "too-large", status: 413, title: "File too large", detail, headers });
}

function empty(name: string): Problem {
  return new Problem({ name: "empty-file", status: 400, title: "Empty file", detail: `${name} is empty.` });
}

function problemOf(error: unknown, name: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") {
    const detail = `There is no room on the disk for ${name}: make some, and drop the file again.`;
    return new Problem({ name: "disk-full", status: 503, title: "Disk full", detail });
  }
  const broken = ["ABORT_ERR", "ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED"];
  if (code !== undefined && broken.includes(code)) {
    const detail = `${name} did not arrive whole: nothing of it was kept. Drop it again.`;
    return new Problem({ name: "upload-broken-off", status: 400, title: "Upload broken off", detail });
  }
  return error;
}
