import type { Answer } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";

/** A row of the storefront's own route. */
export interface Product {
  readonly id: string;
  readonly description: string;
  readonly price: number | null;
  readonly category: string | null;
  readonly installments: number | null;
  readonly image: string | null;
}

export const productCount = 20;

/** An answer's items with what the catalogue says of them. */
export function products(snapshot: Snapshot, { items }: Answer): Product[] {
  return items.map(({ itemId }) => {
    const row = snapshot.catalog?.ids.row(itemId) ?? -1;
    if (row < 0) {
      return {
        id: itemId,
        description: itemId,
        price: null,
        category: null,
        installments: null,
        image: null,
      };
    }
    const item = snapshot.catalog!.item(row);
    return {
      id: itemId,
      // The storefront prints `description` as the product's name.
      description: item.title,
      price: item.price ?? null,
      category: item.category ?? null,
      installments: item.installments ?? null,
      image: item.image ?? null,
    };
  });
}
