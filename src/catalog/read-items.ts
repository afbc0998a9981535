import { BadRowCounter, type BadRows } from "../tables/bad-rows.ts";
import { openTables } from "../tables/open-tables.ts";
import type { TableFormat } from "../tables/table.ts";
import type { CatalogItem } from "./catalog-item.ts";
import { type ItemColumnNames, itemOf, placeItemColumns } from "./item-row.ts";

export interface ReadItemsOptions {
  /** role → name in the files; roles not named are found by names that are understood */
  readonly columns?: ItemColumnNames;
  readonly format?: Exclude<TableFormat, "lists">;
  /** share of rows that may be bad, by default .01 */
  readonly maxBadShare?: number;
}

export interface ReadItems {
  /** in the order in which their ids first come */
  readonly items: CatalogItem[];
  readonly rowCount: number;
  readonly bad: BadRows;
  /** rows whose id came again later: the last one counts */
  readonly duplicates: number;
}

/**
 * Reads items from files, folders or "-"; rows that are no items are counted and left out, columns without a
 * meaning of their own become attributes, and an item is available unless its row says otherwise.
 * @throws BadRowsError, MissingColumnError, TableError
 */
export async function readItems(
  paths: readonly string[],
  { columns: asked, format, maxBadShare = 0.01 }: ReadItemsOptions = {},
): Promise<ReadItems> {
  const items = new Map<string, CatalogItem>();
  const bad = new BadRowCounter();
  let rowCount = 0;
  for await (const { file, columns, batches } of openTables(paths, format ? { format } : {})) {
    for await (const rows of batches) {
      // JSON Lines may have brought new columns with this batch.
      const places = placeItemColumns(columns, file, asked);
      for (const row of rows) {
        const item = itemOf(row, columns, places);
        if (typeof item === "string") bad.add(file, row.line, item);
        else items.set(item.itemId, item);
      }
      rowCount += rows.length;
    }
  }
  bad.check(rowCount, maxBadShare);
  return { items: [...items.values()], rowCount, bad, duplicates: rowCount - bad.count - items.size };
}
