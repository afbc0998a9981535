import { type Catalog, noCategory } from "../catalog/catalog.ts";
import type { Model } from "../model/model.ts";
import { FilterCache } from "../ranking/filter/filter-cache.ts";
import type { Rules } from "../registry/rules.ts";
import { LiveRules } from "./rules.ts";

const none = 0xffffffff;

export interface SnapshotParts {
  readonly model: Model;
  readonly version: string;
  readonly channel: string;
  readonly catalog?: Catalog | undefined;
  readonly catalogVersion?: string | undefined;
  readonly rules?: Rules | undefined;
  readonly rulesVersion?: string | undefined;
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
  /** (model's items): codes of the catalogue's categories, `noCategory` for none; `undefined` without a catalogue */
  readonly categoryCodes: Uint32Array | undefined;
  /** (model's items): 1 where an item must not be shown to anybody; `undefined` if that is none */
  readonly hidden: Uint8Array | undefined;
  /** rows of the catalogue, ascending: on sale, and never seen by the model */
  readonly newRows: Uint32Array = new Uint32Array(0);
  /** what filters leave of the items */
  readonly filters: FilterCache;
  readonly rules: LiveRules;

  constructor(parts: SnapshotParts) {
    this.parts = parts;
    this.model = parts.model;
    this.catalog = parts.catalog;
    const columns = parts.catalog && joinColumns(parts.model, parts.catalog);
    this.#catalogRows = columns?.rows;
    this.categoryCodes = columns?.categories;
    this.hidden = columns?.hidden;
    if (parts.catalog && columns) this.newRows = findNewRows(parts.catalog, columns.rows);
    this.filters = new FilterCache({
      itemCount: parts.model.itemCount,
      items: parts.catalog,
      catalogRows: columns?.rows,
      hidden: this.hidden,
      bitTypes: parts.model.header.confidence.bitTypes,
      maskPlaces: (hidden) => parts.model.maskPlaces(hidden),
    });
    this.rules = new LiveRules(parts.rules, this.filters);
  }

  /** The catalogue's row of one of the model's items, if it has one. */
  catalogRow(itemRow: number): number | undefined {
    const row = this.#catalogRows?.[itemRow];
    return row === undefined || row === none ? undefined : row;
  }
}

/** Where each of the model's items is in the catalogue, so that nothing looks ids up again. */
function joinColumns(model: Model, catalog: Catalog) {
  const rows = new Uint32Array(model.itemCount).fill(none);
  const categories = new Uint32Array(model.itemCount).fill(noCategory);
  const hidden = new Uint8Array(model.itemCount);
  for (let row = 0; row < model.itemCount; row++) {
    const catalogRow = catalog.ids.row(model.items.id(row));
    if (catalogRow < 0 || catalog.available[catalogRow] === 0) hidden[row] = 1;
    if (catalogRow < 0) continue;
    rows[row] = catalogRow;
    categories[row] = catalog.category[catalogRow];
  }
  return { rows, categories, hidden: hidden.includes(1) ? hidden : undefined };
}

function findNewRows(catalog: Catalog, catalogRows: Uint32Array): Uint32Array {
  const isKnown = new Uint8Array(catalog.count);
  for (const row of catalogRows) if (row !== none) isKnown[row] = 1;
  const rows = Uint32Array.from({ length: catalog.count }, (_, row) => row);
  return rows.filter((row) => isKnown[row] === 0 && catalog.available[row] !== 0);
}
