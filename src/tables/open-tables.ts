import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type Chunks, decodeText, gunzip, peek } from "./bytes.ts";
import { readCsv } from "./csv.ts";
import { readJsonLines, readLists } from "./lines.ts";
import { readParquet } from "./parquet.ts";
import { type Table, TableError, type TableFormat } from "./table.ts";

export interface SourceOptions {
  /** without it: by the file's name, else by its first bytes; `lists` always has to be asked for */
  readonly format?: TableFormat;
}

const formatByExtension: Readonly<Record<string, TableFormat>> = {
  ...{ csv: "csv", tsv: "csv", jsonl: "jsonl", ndjson: "jsonl", parquet: "parquet" },
};
const magicBytes = 4;

/**
 * The tables in files, folders (searched to the bottom, in the order of their names) and "-" (standard input),
 * gzipped or not, one at a time.
 * @throws TableError naming the file, on a path that is missing, a folder without tables, damaged data
 */
export async function* openTables(
  paths: readonly string[],
  options: SourceOptions = {},
): AsyncGenerator<Table> {
  for (const path of paths) {
    for (const file of path === "-" ? [path] : await filesAt(path, options)) {
      const stream = file === "-" ? process.stdin : createReadStream(file, { highWaterMark: 1 << 18 });
      try {
        yield await openTable(stream, file === "-" ? "standard input" : file, options);
      } finally {
        stream.destroy();
      }
    }
  }
}

async function openTable(stream: Chunks<Uint8Array>, file: string, options: SourceOptions): Promise<Table> {
  const isEnough = (chunks: readonly Uint8Array[]) => Buffer.concat(chunks).length >= magicBytes;
  let peeked = await peek(namingFile(stream, file), isEnough);
  const raw = Buffer.concat(peeked.head);
  const isGzip = raw[0] === 0x1f && raw[1] === 0x8b;
  if (isGzip) peeked = await peek(gunzip(peeked.all, file), isEnough);
  const format = options.format ?? detectFormat(file, Buffer.concat(peeked.head));
  if (format === "parquet") {
    const isPlainFile = !isGzip && file !== "standard input";
    return readParquet(isPlainFile ? file : await buffer(peeked.all), file);
  }
  const text = decodeText(peeked.all, file);
  if (format === "lists") return readLists(text, file);
  return format === "jsonl" ? readJsonLines(text, file) : readCsv(text, file);
}

function detectFormat(file: string, head: Uint8Array): TableFormat {
  const text = Buffer.from(head).toString("latin1");
  if (text.startsWith("PAR1")) return "parquet";
  return formatOfName(file) ?? (/^(ï»¿)?\s*\{/.test(text) ? "jsonl" : "csv");
}

function formatOfName(file: string): TableFormat | undefined {
  const extension = file.toLowerCase().replace(/\.gz$/, "").split(".").pop() ?? "";
  return Object.hasOwn(formatByExtension, extension) ? formatByExtension[extension] : undefined;
}

async function filesAt(path: string, { format }: SourceOptions): Promise<string[]> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === "ENOENT" ? "there is no such file or folder" : error.message;
    throw new TableError(`${path}: ${what}`, { cause: error });
  });
  if (!info.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory() && !/^[._]/.test(entry.name))
    .filter((entry) => format !== undefined || formatOfName(entry.name) !== undefined)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort((a, b) => (a < b ? -1 : 1));
  if (files.length === 0) {
    const wanted = Object.keys(formatByExtension).map((extension) => `.${extension}`);
    throw new TableError(`${path}: the folder holds no ${wanted.join(", ")} file, gzipped or not`);
  }
  return files;
}

async function* namingFile(chunks: Chunks<Uint8Array>, file: string): Chunks<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw new TableError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
