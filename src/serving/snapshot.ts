import type { Catalog } from "../catalog/catalog.ts";
import type { Model } from "../model/model.ts";

const none = 0xffffffff;

export interface SnapshotParts {
  readonly model: Model;
  readonly version: string;
  readonly channel: string;
  readonly catalog?: Catalog | undefined;
  readonly catalogVersion?: string | undefined;
  /** ISO 8601 */
  readonly trainedAt?: string | undefined;
  /** what the manifest says of the model's quality and settings, to be shown */
  readonly metrics?: unknown;
  readonly settings?: unknown;
}

/**
 * A model and a catalogue joined by item id. Immutable: a request holds one from beginning to end, so a swap
 * never mixes two.
 */
export class Snapshot {
  readonly model: Model;
  readonly catalog: Catalog | undefined;
  readonly parts: SnapshotParts;
  /** (model's items): row in the catalogue, or 0xffffffff; `undefined` without a catalogue */
  readonly #catalogRows: Uint32Array | undefined;
  /** (model's items): 1 where an item must not be shown to anybody; `undefined` if that is none */
  readonly hidden: Uint8Array | undefined;
  /** rows of the catalogue, ascending: on sale, and never seen by the model */
  readonly newRows: Uint32Array = new Uint32Array(0);
  /** (model's items) */
  readonly #price: Float64Array | undefined;
  /** (model's items): code of a category in the catalogue */
  readonly #category: Uint32Array | undefined;

  constructor(parts: SnapshotParts) {
    this.parts = parts;
    this.model = parts.model;
    this.catalog = parts.catalog;
    if (parts.catalog === undefined) return;
    const columns = joinColumns(parts.model, parts.catalog);
    this.#catalogRows = columns.rows;
    this.#price = columns.price;
    this.#category = columns.category;
    this.hidden = columns.hidden;
    this.newRows = findNewRows(parts.catalog, columns.rows);
  }

  /** (model's items): codes of the catalogue's categories, 0xffffffff for none; `undefined` without a catalogue. */
  get categoryCodes(): Uint32Array | undefined {
    return this.#category;
  }

  /** The catalogue's row of one of the model's items, if it has one. */
  catalogRow(itemRow: number): number | undefined {
    const row = this.#catalogRows?.[itemRow];
    return row === undefined || row === none ? undefined : row;
  }

  /** Marks in `mask`, (items), what lies outside a category. */
  hideOtherCategories(category: string, mask: Uint8Array): void {
    const code = this.catalog?.categories.indexOf(category) ?? -1;
    const codes = this.#category!;
    for (let row = 0; row < mask.length; row++) if (codes[row] !== code) mask[row] = 1;
  }

  /** Marks in `mask`, (items), what costs less or more; an item without a price is outside every range. */
  hideOtherPrices(min: number, max: number, mask: Uint8Array): void {
    const prices = this.#price!;
    for (let row = 0; row < mask.length; row++) {
      if (!(prices[row] >= min && prices[row] <= max)) mask[row] = 1;
    }
  }
}

/** The catalogue's columns in the order of the model's items, so that filters compile to a mask without ids. */
function joinColumns(model: Model, catalog: Catalog) {
  const rows = new Uint32Array(model.itemCount).fill(none);
  const price = new Float64Array(model.itemCount).fill(Number.NaN);
  const category = new Uint32Array(model.itemCount).fill(none);
  const hidden = new Uint8Array(model.itemCount);
  for (let row = 0; row < model.itemCount; row++) {
    const catalogRow = catalog.ids.row(model.items.id(row));
    if (catalogRow < 0 || catalog.available[catalogRow] === 0) hidden[row] = 1;
    if (catalogRow < 0) continue;
    rows[row] = catalogRow;
    price[row] = catalog.price[catalogRow];
    category[row] = catalog.category[catalogRow];
  }
  return { rows, price, category, hidden: hidden.includes(1) ? hidden : undefined };
}

function findNewRows(catalog: Catalog, catalogRows: Uint32Array): Uint32Array {
  const isKnown = new Uint8Array(catalog.count);
  for (const row of catalogRows) if (row !== none) isKnown[row] = 1;
  const rows = Uint32Array.from({ length: catalog.count }, (_, row) => row);
  return rows.filter((row) => isKnown[row] === 0 && catalog.available[row] !== 0);
}
