import { type IdArrays, IdTable, IdTableBuilder } from "../math/id-table.ts";
import { packTensors, TensorFile } from "../tensors/safetensors.ts";
import type { CatalogItem } from "./catalog-item.ts";
import { Columns, packColumns } from "./columns.ts";

/** A file that is no catalogue, or whose parts do not agree. */
export class CatalogError extends Error {
  override name = "CatalogError";
}

const format = "aisle.catalog";
const formatVersion = "1";
/** the category code of an item without one */
export const noCategory = 0xffffffff;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Items as one safetensors file, rows in the order of `items`: each item's JSON one after the other with
 * offsets, so that only the rows of an answer are ever parsed; ids ready to probe; typed columns to filter on.
 * @throws RangeError on an id given twice, or JSON past 4 GiB
 */
export function packCatalog(items: readonly CatalogItem[]): Uint8Array<ArrayBuffer> {
  const ids = packIds(items);
  const texts = items.map((item) => encoder.encode(JSON.stringify(item)));
  const offsets = new Uint32Array(items.length + 1);
  let end = 0;
  texts.forEach((text, row) => {
    end += text.length;
    offsets[row + 1] = end;
  });
  if (end > 0xffffffff) throw new RangeError(`the items take ${end} bytes as JSON, more than 4 GiB`);
  const json = new Uint8Array(end);
  texts.forEach((text, row) => {
    json.set(text, offsets[row]);
  });
  const categories = new Map<string, number>();
  const category = Uint32Array.from(items, (item) => {
    if (item.category === undefined) return noCategory;
    if (!categories.has(item.category)) categories.set(item.category, categories.size);
    return categories.get(item.category) ?? noCategory;
  });
  return packTensors(
    {
      price: { data: Float64Array.from(items, (item) => item.price ?? Number.NaN) },
      createdAt: { data: Float64Array.from(items, (item) => item.createdAt ?? Number.NaN) },
      category: { data: category },
      "ids.offsets": { data: ids.offsets },
      "ids.slots": { data: ids.slots },
      "json.offsets": { data: offsets },
      "ids.bytes": { data: ids.bytes },
      available: { data: Uint8Array.from(items, (item) => (item.available ? 1 : 0)) },
      categories: { data: encoder.encode(JSON.stringify([...categories.keys()])) },
      json: { data: json },
      ...packColumns(items),
    },
    { format, formatVersion, count: String(items.length) },
  );
}

function packIds(items: readonly CatalogItem[]): IdArrays {
  const builder = new IdTableBuilder();
  items.forEach((item, row) => {
    if (builder.add(item.itemId) !== row) throw new RangeError(`the item "${item.itemId}" comes twice`);
  });
  return builder.build().arrays;
}

const parsedMax = 4096;

/** A packed catalogue, opened as views on its bytes. */
export class Catalog {
  readonly count: number;
  readonly ids: IdTable;
  /** (count): 1 where the item may be recommended */
  readonly available: Uint8Array;
  /** (count): NaN where there is none */
  readonly price: Float64Array;
  /** (count): epoch seconds, NaN where there is none */
  readonly createdAt: Float64Array;
  /** (count): index in `categories`, `noCategory` where there is none */
  readonly category: Uint32Array;
  readonly categories: readonly string[];
  /** what filters read, (count) each */
  readonly columns: Columns;
  /** What most rows ask for again, some MB at most: an item's place is its row modulo the length. */
  readonly #parsed = new Array<{ readonly row: number; readonly item: CatalogItem }>(parsedMax);
  readonly #json: Uint8Array;
  /** (count + 1) */
  readonly #offsets: Uint32Array;
  readonly #where: string;

  private constructor(file: TensorFile, where: string) {
    this.#where = where;
    this.count = Number(file.metadata.count);
    this.ids = new IdTable({
      bytes: file.u8("ids.bytes"),
      offsets: file.u32("ids.offsets"),
      slots: file.u32("ids.slots"),
    });
    this.available = file.u8("available");
    this.price = file.f64("price");
    this.createdAt = file.f64("createdAt");
    this.category = file.u32("category");
    this.categories = parseJson(file.u8("categories"), `${where}: the list of categories`) as string[];
    this.#json = file.u8("json");
    this.#offsets = file.u32("json.offsets");
    this.#check();
    this.columns = new Columns(
      {
        price: { kind: "number", values: this.price },
        category: { kind: "text", codes: this.category, texts: this.categories },
        createdAt: { kind: "number", values: this.createdAt },
      },
      file,
      (tensor) => parseJson(file.u8(tensor), `${where}: ${tensor}`),
    );
  }

  /**
   * Reads the header and the names of the categories, nothing else. `where` names the file in errors.
   * @throws TensorFileError, CatalogError
   */
  static open(bytes: Uint8Array, where: string): Catalog {
    const file = TensorFile.open(bytes, where);
    if (file.metadata.format !== format || file.metadata.formatVersion !== formatVersion) {
      throw new CatalogError(
        `${where}: the format is ${file.metadata.format} ${file.metadata.formatVersion}, not ${format} ${formatVersion}`,
      );
    }
    return new Catalog(file, where);
  }

  /** Parses this row's JSON, and no other, unless it was lately. Throws a RangeError on a row that is none. */
  item(row: number): CatalogItem {
    if (!(row >= 0 && row < this.count)) throw new RangeError(`row ${row} is not among ${this.count} items`);
    const place = row % parsedMax;
    const parsed = this.#parsed[place];
    if (parsed?.row === row) return parsed.item;
    const text = this.#json.subarray(this.#offsets[row], this.#offsets[row + 1]);
    const item = parseJson(text, `${this.#where}: item ${row}`) as CatalogItem;
    this.#parsed[place] = { row, item };
    return item;
  }

  #check(): void {
    const lengths = {
      "ids.offsets": this.ids.count,
      available: this.available.length,
      price: this.price.length,
      createdAt: this.createdAt.length,
      category: this.category.length,
      "json.offsets": this.#offsets.length - 1,
    };
    for (const [name, length] of Object.entries(lengths)) {
      if (length !== this.count) {
        throw new CatalogError(`${this.#where}: ${name} has ${length} rows, the header says ${this.count}`);
      }
    }
    if (this.#offsets[this.count] !== this.#json.length) {
      throw new CatalogError(
        `${this.#where}: json has ${this.#json.length} bytes, json.offsets ends at ${this.#offsets[this.count]}`,
      );
    }
  }
}

function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw new CatalogError(`${what} is damaged: ${(error as Error).message}`, { cause: error });
  }
}
