/** One value as the file has it: text from CSV, typed from JSON Lines and Parquet. */
export type Cell = string | number | bigint | boolean | Date | null | undefined;

export interface TableRow {
  /** where the row begins in its file, from 1; the row's number in Parquet */
  readonly line: number;
  /** by the table's columns; empty where there is a problem, and shorter where the last cells are missing */
  readonly cells: readonly Cell[];
  /** why these cells cannot be read */
  readonly problem?: string;
}

/** The rows of one file. `batches` can be walked once, before the next table is asked for. */
export interface Table {
  readonly file: string;
  /** JSON Lines append a name when a later line brings it; none where the file is empty */
  readonly columns: readonly string[];
  readonly batches: AsyncIterable<readonly TableRow[]>;
}

export type TableFormat = "csv" | "jsonl" | "parquet" | "lists";

/** A file that cannot be read to its end as what it should be. */
export class TableError extends Error {
  override name = "TableError";
}

export const batchRowsMax = 1024;
