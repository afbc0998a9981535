import type { Query } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Catalogue rows, in the catalogue's order, of at most `count` items on sale that the model has never seen and that
 * the query allows: they fill up an answer where the model's own items do not suffice.
 */
export function newItems(
  { catalog, newRows }: Pick<Snapshot, "catalog" | "newRows">,
  query: Query,
  count: number,
): number[] {
  const found: number[] = [];
  if (catalog === undefined || count <= 0) return found;
  const { category, minPrice, maxPrice, exclude = [], itemId } = query;
  const code = category === undefined ? undefined : catalog.categories.indexOf(category);
  const byPrice = minPrice !== undefined || maxPrice !== undefined;
  const excluded = new Set(exclude);
  for (const row of newRows) {
    if (found.length === count) break;
    if (code !== undefined && catalog.category[row] !== code) continue;
    const price = catalog.price[row];
    if (byPrice && !(price >= (minPrice ?? 0) && price <= (maxPrice ?? Infinity))) continue;
    const id = catalog.ids.id(row);
    if (id !== itemId && !excluded.has(id)) found.push(row);
  }
  return found;
}
