import type { BasicType } from "hyparquet-writer";
import { batchRowsMax } from "./table.ts";

/** Rows that are gathered into one row group. */
const groupRows = 128 * batchRowsMax;

type Value = string | number | undefined;
type Writer = InstanceType<typeof import("hyparquet-writer").ParquetWriter>;

/** A Parquet file written a row group at a time. The writer is loaded only when a first group is full. */
export class ParquetRows {
  readonly #path: string;
  readonly #columns: readonly { readonly name: string; readonly type: BasicType }[];
  #data: (string | number | null)[][];
  #writer: Writer | undefined;

  /** @param columns type by name; all may be empty */
  constructor(path: string, columns: Readonly<Record<string, BasicType>>) {
    this.#path = path;
    this.#columns = Object.entries(columns).map(([name, type]) => ({ name, type }));
    this.#data = this.#columns.map(() => []);
  }

  /** @param row (columns) */
  async add(row: readonly Value[]): Promise<void> {
    row.forEach((value, column) => {
      this.#data[column].push(value ?? null);
    });
    if (this.#data[0].length >= groupRows) await this.#flush();
  }

  /** The file is whole once this resolves. */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#writer?.finish();
  }

  async #flush(): Promise<void> {
    const { ParquetWriter, fileWriter, schemaFromColumnData } = await import("hyparquet-writer");
    const columnData = this.#columns.map((column, at) => ({
      ...column,
      data: this.#data[at],
      nullable: true,
    }));
    this.#writer ??= new ParquetWriter({
      writer: fileWriter(this.#path),
      schema: schemaFromColumnData({ columnData }),
    });
    if (this.#data[0].length > 0) await this.#writer.write({ columnData, rowGroupSize: groupRows });
    this.#data = this.#columns.map(() => []);
  }
}
