import type { Allowed } from "./filtering.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Catalogue rows, in the catalogue's order, of at most `count` items on sale that the model has never seen and that
 * are allowed: they fill up an answer where the model's own items do not suffice.
 */
export function newItems(
  { catalog, newRows }: Pick<Snapshot, "catalog" | "newRows">,
  { allowsNew }: Allowed,
  { count, itemId }: { readonly count: number; readonly itemId?: string | undefined },
): number[] {
  const found: number[] = [];
  if (catalog === undefined || count <= 0) return found;
  for (const row of newRows) {
    if (found.length === count) break;
    if (allowsNew(row) && catalog.ids.id(row) !== itemId) found.push(row);
  }
  return found;
}
