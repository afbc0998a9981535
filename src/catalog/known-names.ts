import type { CatalogItem } from "./catalog-item.ts";

/** Names that are understood, the best first; case, "_", "-" and blanks do not matter. */
export const knownNames = {
  itemId: ["item_id", "product_id", "id", "sku", "stock_code"],
  title: ["title", "name", "product_name", "item_name"],
  description: ["description", "product_description"],
  price: ["price", "unit_price"],
  category: ["category", "category_name", "category_l1"],
  image: ["image", "image_url", "image_link"],
  installments: ["installments"],
  available: ["available", "availability", "in_stock", "stock", "inventory"],
  createdAt: ["creation_timestamp", "created_at", "created"],
} as const satisfies Partial<Record<keyof CatalogItem, readonly string[]>>;
