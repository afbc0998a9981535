/** A row of a page before it is known which of its items another row shows already. */
export interface Candidate<Item> {
  readonly key: string;
  /** best first */
  readonly items: readonly Item[];
  /** how many are shown at most */
  readonly countMax: number;
}

export const rowLengthMin = 4;

/**
 * What each row of a page shows so that no item is there twice and no row has fewer than four. Earlier rows choose
 * first; a row that is left with too few is not shown, and what it would have shown is free for those after it.
 * @param taken items that the page shows elsewhere
 * @returns items by the row's key, in the order of the rows; absent for those that are not shown
 */
export function distinctRows<Item extends { readonly itemId: string }>(
  rows: readonly Candidate<Item>[],
  taken: Iterable<string> = [],
): Map<string, readonly Item[]> {
  const shown = new Set(taken);
  const chosen = new Map<string, readonly Item[]>();
  for (const { key, items, countMax } of rows) {
    const own = new Map<string, Item>();
    for (const item of items) {
      if (own.size === countMax) break;
      if (!shown.has(item.itemId) && !own.has(item.itemId)) own.set(item.itemId, item);
    }
    if (own.size < rowLengthMin) continue;
    for (const itemId of own.keys()) shown.add(itemId);
    chosen.set(key, [...own.values()]);
  }
  return chosen;
}
