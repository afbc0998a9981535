import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { TableError } from "./table.ts";

/** Vectors by a whole number, as a column of lists holds them. */
export interface VectorTable {
  /** (rows), each once */
  readonly ids: Float64Array;
  /** (rows, rank), row-major */
  readonly vectors: Float32Array;
  readonly rank: number;
}

const columns = { id: "id", vector: "features" } as const;

/**
 * Reads a Parquet file, or a folder's, with a whole number `id` and a list of numbers `features` in each row: the form
 * of Spark MLlib's factors.
 * @throws TableError naming file and row: columns that are missing, lists of another length, NaN, an id twice
 */
export async function readVectors(path: string): Promise<VectorTable> {
  const files = await parquetFiles(path);
  const opened = [];
  for (const file of files) opened.push(await openFile(file));
  const rowCount = opened.reduce((sum, { rowCount }) => sum + rowCount, 0);
  if (rowCount === 0) throw new TableError(`${path}: there is not one vector in it`);
  const gatherer = new VectorGatherer(rowCount, path);
  for (const { file, batches } of opened) {
    for await (const { ids, lists, from } of batches()) {
      for (let row = 0; row < lists.length; row++)
        gatherer.add(ids[row], lists[row], `${file}: row ${from + row + 1}`);
    }
  }
  return gatherer.finish();
}

class VectorGatherer {
  readonly #ids: Float64Array;
  readonly #path: string;
  #vectors = new Float32Array(0);
  #rank = 0;
  #count = 0;

  constructor(rowCount: number, path: string) {
    this.#ids = new Float64Array(rowCount);
    this.#path = path;
  }

  add(id: unknown, list: unknown, where: string): void {
    const number = typeof id === "number" || typeof id === "bigint" ? Number(id) : Number.NaN;
    if (!Number.isSafeInteger(number))
      throw new TableError(`${where}: the ${columns.id} is ${id}, not a whole number`);
    if (!Array.isArray(list) && !ArrayBuffer.isView(list)) {
      throw new TableError(
        `${where}: the ${columns.vector} of ${columns.id} ${number} are no list of numbers`,
      );
    }
    const values = list as ArrayLike<number>;
    if (this.#count === 0) {
      this.#rank = values.length;
      this.#vectors = new Float32Array(this.#ids.length * this.#rank);
    }
    if (values.length !== this.#rank || this.#rank === 0) {
      throw new TableError(
        `${where}: ${columns.id} ${number} has ${values.length} ${columns.vector}, the first row has ${this.#rank}: ` +
          "do these files come from one fit?",
      );
    }
    const at = this.#count * this.#rank;
    for (let k = 0; k < this.#rank; k++) {
      if (!Number.isFinite(values[k])) {
        throw new TableError(
          `${where}: feature ${k + 1} of ${columns.id} ${number} is ${values[k]}: the fit diverged, raise its regularisation`,
        );
      }
      this.#vectors[at + k] = values[k];
    }
    this.#ids[this.#count++] = number;
  }

  finish(): VectorTable {
    // Sorted rather than looked up: a Set ends at 2^24 of them.
    const sorted = this.#ids.slice().sort();
    const twice = sorted.findIndex((id, at) => at > 0 && id === sorted[at - 1]);
    if (twice >= 0) {
      throw new TableError(
        `${this.#path}: the ${columns.id} ${sorted[twice]} is there twice: write the folder anew, in one run`,
      );
    }
    return { ids: this.#ids, vectors: this.#vectors, rank: this.#rank };
  }
}

async function openFile(file: string) {
  const [{ asyncBufferFromFile, parquetMetadataAsync, parquetScan, parquetSchema }, { compressors }] =
    await Promise.all([import("hyparquet"), import("hyparquet-compressors")]);
  const damaged = (cause: unknown): never => {
    throw new TableError(`${file}: the Parquet data are damaged: ${(cause as Error).message}`, { cause });
  };
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer).catch(damaged);
  const names = parquetSchema(metadata).children.map((child) => child.element.name);
  const missing = Object.values(columns).filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new TableError(
      `${file}: there is no column ${missing.join(", ")} (there are ${names.join(", ").slice(0, 200)}): ` +
        "factors have an id and a list of features",
    );
  }
  async function* batches() {
    const scan = await parquetScan({
      file: buffer,
      metadata,
      columns: Object.values(columns),
      compressors,
    }).catch(damaged);
    for (const range of scan.ranges) {
      const ids = await scan.readColumn({ column: columns.id, ...range }).catch(damaged);
      const lists = await scan.readColumn({ column: columns.vector, ...range }).catch(damaged);
      yield { ids, lists, from: range.rowStart };
    }
  }
  return { file, rowCount: Number(metadata.num_rows), batches };
}

/** The file itself, or a folder's Parquet files as Spark names them, in the order of their names. */
async function parquetFiles(path: string): Promise<string[]> {
  const info = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === "ENOENT" ? "there is no such file or folder" : cause.message;
    throw new TableError(`${path}: ${why}`, { cause });
  });
  if (!info.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => /^[^._].*\.parquet$/.test(name)).sort();
  if (names.length === 0) throw new TableError(`${path}: the folder holds no .parquet file`);
  return names.map((name) => join(path, name));
}
