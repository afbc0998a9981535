import { createReadStream } from "node:fs";
import { type FileHandle, open, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";

/** What was begun under this name is not what is asked now. */
export class OtherBatchError extends Error {
  override name = "OtherBatchError";
}

/** What a file is about; a run goes on only with what was begun about the same. */
export type About = Readonly<Record<string, unknown>>;

/**
 * Lines on their way to a file: `PATH.partial`, and beside it `PATH.partial.json`, which says what they are about. What
 * is there already counts, but for a last line without an end; the file gets its name when it is whole.
 */
export class PartialFile {
  /** whole lines that were there before */
  readonly lineCount: number;
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #about: string;

  private constructor(path: string, about: string, handle: FileHandle, lineCount: number) {
    this.path = path;
    this.#about = about;
    this.#handle = handle;
    this.lineCount = lineCount;
  }

  /**
   * @param restart begins anew, whatever is there
   * @throws OtherBatchError where what is there is about something else
   */
  static async open(target: string, about: About, restart = false): Promise<PartialFile> {
    const path = `${target}.partial`;
    const aboutPath = `${path}.json`;
    if (restart) await rm(aboutPath, { force: true });
    const before = await readAbout(aboutPath);
    if (before === undefined) {
      await rm(path, { force: true });
      await writeFile(aboutPath, `${JSON.stringify(about, undefined, 2)}\n`);
    } else refuseOther(before, about, path);
    const { lineCount, byteLength } = await countLines(path);
    if ((await sizeOf(path)) > byteLength) await truncate(path, byteLength);
    return new PartialFile(path, aboutPath, await open(path, "a"), lineCount);
  }

  async append(text: string): Promise<void> {
    await this.#handle.appendFile(text);
  }

  /** Everything that was appended is on the disk once this resolves. */
  async close(): Promise<void> {
    await this.#handle.sync();
    await this.#handle.close();
  }

  /** Gives the file at `from`, its own where none is said, the name that it was meant for. After `close`. */
  async finish(target: string, from = this.path): Promise<void> {
    await rename(from, target);
    await rm(this.#about);
    await rm(this.path, { force: true });
  }
}

async function readAbout(path: string): Promise<About | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as About;
  } catch (error) {
    // A description that was cut off is of lines that were not begun.
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function refuseOther(before: About, about: About, path: string): void {
  const now = JSON.parse(JSON.stringify(about)) as About;
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const other = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
  if (other.length === 0) return;
  const differences = other.map(
    (name) => `${name} was ${JSON.stringify(before[name])}, is ${JSON.stringify(now[name])}`,
  );
  throw new OtherBatchError(
    `${path} was begun about something else (${differences.join("; ")}): --restart begins anew`,
  );
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => ({ size: 0 }))).size;
}

async function countLines(path: string): Promise<{ lineCount: number; byteLength: number }> {
  let [lineCount, byteLength, read] = [0, 0, 0];
  if ((await sizeOf(path)) === 0) return { lineCount, byteLength };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) {
      lineCount++;
      byteLength = read + at + 1;
    }
    read += chunk.length;
  }
  return { lineCount, byteLength };
}
