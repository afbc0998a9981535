import type { Catalog } from "../catalog/catalog.ts";
import type { CatalogItem } from "../catalog/catalog-item.ts";
import type { Snapshot } from "./snapshot.ts";
import { findTitles } from "./title-search.ts";

export interface ItemQuery {
  /** from 1 */
  readonly page?: number | undefined;
  /** 24 unless said */
  readonly pageSize?: number | undefined;
  readonly category?: string | undefined;
  /** words that a title must all contain, without regard to case or accents */
  readonly q?: string | undefined;
}

export interface ItemPage {
  readonly page: number;
  readonly pageSize: number;
  /** over all pages */
  readonly total: number;
  readonly items: CatalogItem[];
}

/** The available items of the catalogue, the most popular first. */
export function listItems(snapshot: Snapshot, { page = 1, pageSize = 24, category, q }: ItemQuery): ItemPage {
  const { catalog } = snapshot;
  if (catalog === undefined) return { page, pageSize, total: 0, items: [] };
  const code = category === undefined ? undefined : catalog.categories.indexOf(category);
  const found = q === undefined ? undefined : findTitles(catalog, q);
  const from = (page - 1) * pageSize;
  const items: CatalogItem[] = [];
  let total = 0;
  for (const row of browseOrder(snapshot, catalog)) {
    if (code !== undefined && catalog.category[row] !== code) continue;
    if (found !== undefined && found[row] === 0) continue;
    if (total >= from && items.length < pageSize) items.push(catalog.item(row));
    total++;
  }
  return { page, pageSize, total, items };
}

/** An item that may be shown: one withdrawn from sale is as absent as one that never was. */
export function findItem({ catalog }: Snapshot, itemId: string): CatalogItem | undefined {
  const row = catalog?.ids.row(itemId) ?? -1;
  return catalog === undefined || row < 0 || catalog.available[row] === 0 ? undefined : catalog.item(row);
}

export function categories({ catalog }: Snapshot): readonly string[] {
  return catalog?.categories ?? [];
}

const orders = new WeakMap<Snapshot, Uint32Array>();

/** Catalogue rows, available only: by the model's popularity, then those that it does not know. Kept per snapshot. */
function browseOrder(snapshot: Snapshot, catalog: Catalog): Uint32Array {
  const kept = orders.get(snapshot);
  if (kept) return kept;
  const order: number[] = [];
  for (const itemRow of snapshot.model.popularRows) {
    const row = snapshot.catalogRow(itemRow);
    if (row !== undefined && catalog.available[row] !== 0) order.push(row);
  }
  for (const row of snapshot.newRows) order.push(row);
  const rows = Uint32Array.from(order);
  orders.set(snapshot, rows);
  return rows;
}
