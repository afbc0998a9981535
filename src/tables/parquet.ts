import type { AsyncBuffer } from "hyparquet";
import { batchRowsMax, type Cell, type Table, TableError, type TableRow } from "./table.ts";

/**
 * Parquet, a row group at a time and in it a column at a time. Only plain columns: nested ones (lists, structs)
 * are left out. The reader is loaded only when a Parquet file is met.
 */
export async function readParquet(source: string | Uint8Array, file: string): Promise<Table> {
  const [{ asyncBufferFromFile, parquetMetadataAsync, parquetScan, parquetSchema }, { compressors }] =
    await Promise.all([import("hyparquet"), import("hyparquet-compressors")]);
  const damaged = (error: unknown): never => {
    throw new TableError(
      `${file}: the Parquet data are damaged or of an unknown kind: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  };
  const buffer = typeof source === "string" ? await asyncBufferFromFile(source) : inMemory(source);
  const metadata = await parquetMetadataAsync(buffer).catch(damaged);
  const columns = parquetSchema(metadata)
    .children.filter((child) => child.children.length === 0)
    .map((child) => child.element.name);
  async function* batches() {
    const scan = await parquetScan({ file: buffer, metadata, columns, compressors }).catch(damaged);
    for (const range of scan.ranges) {
      const read = columns.map((column) => scan.readColumn({ column, ...range }));
      const data = await Promise.all(read).catch(damaged);
      const rowCount = range.rowEnd - range.rowStart;
      for (let from = 0; from < rowCount; from += batchRowsMax) {
        yield rowsOf(data, from, Math.min(from + batchRowsMax, rowCount), range.rowStart);
      }
    }
  }
  return { file, columns, batches: batches() };
}

/** Rows `from`–`to` of the columns' data; `rowStart` is the number of data[…][0] in the file, from 0. */
function rowsOf(data: readonly ArrayLike<unknown>[], from: number, to: number, rowStart: number): TableRow[] {
  const rows: TableRow[] = [];
  for (let row = from; row < to; row++) {
    rows.push({ line: rowStart + row + 1, cells: data.map((column) => asCell(column[row])) });
  }
  return rows;
}

function asCell(value: unknown): Cell {
  if (value instanceof Date || value === null || typeof value !== "object") return value as Cell;
  return JSON.stringify(value);
}

function inMemory(bytes: Uint8Array): AsyncBuffer {
  return {
    byteLength: bytes.length,
    // A copy, since a view's buffer holds other bytes too, and a Buffer's `slice` is a view.
    slice: (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
}
