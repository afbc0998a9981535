import type { Answer } from "../shop-client.ts";

export type ShownItem = NonNullable<Answer["items"][number]["item"]>;

const known = new Map<string, ShownItem>();

/** Remembers what answers say of items, so that a heading can name one that no row shows any more. */
export function remember(
  rows: readonly { readonly itemId: string; readonly item?: ShownItem | undefined }[],
): void {
  for (const { itemId, item } of rows) if (item) known.set(itemId, item);
}

export function knownItem(itemId: string): ShownItem | undefined {
  return known.get(itemId);
}
