import type MiniSearch from "minisearch";
import { type Item, shopClient } from "../shop-client.ts";
import type { CardItem } from "./card.tsx";

export interface SearchIndex {
  /** best first */
  find(words: string, countMax: number): CardItem[];
  /** items on sale beyond those in the index: the server has to be asked for them */
  readonly beyond: number;
}

const pageSize = 500;
/** The most popular of them are found at every keystroke, without a request; the rest by the server. */
const pagesMax = 10;

let index: Promise<SearchIndex> | undefined;

/** The index of what is on sale: fetched and built when somebody first wants to search. */
export function openSearchIndex(): Promise<SearchIndex> {
  index ??= buildIndex().catch((error: unknown) => {
    index = undefined;
    throw error;
  });
  return index;
}

async function buildIndex(): Promise<SearchIndex> {
  const [{ default: Index }, first] = await Promise.all([
    import("minisearch"),
    shopClient.items({ page: 1, pageSize }),
  ]);
  const pageCount = Math.min(Math.ceil(first.total / pageSize), pagesMax);
  const others = await Promise.all(
    Array.from({ length: Math.max(pageCount - 1, 0) }, (_, at) =>
      shopClient.items({ page: at + 2, pageSize }),
    ),
  );
  const items = [first, ...others].flatMap((page) => page.items);
  const search: MiniSearch<Item> = new Index({
    idField: "itemId",
    fields: ["title", "category", "description", "style", "material"],
    extractField: (item, name) =>
      name in item ? (item as unknown as Record<string, string>)[name] : String(item.attributes[name] ?? ""),
    searchOptions: { boost: { title: 4, category: 2 }, prefix: true, fuzzy: 0.2, combineWith: "AND" },
  });
  // A page may repeat an item whose popularity changed meanwhile.
  const byId = new Map(items.map((item) => [item.itemId, item]));
  search.addAll([...byId.values()]);
  return {
    beyond: first.total - byId.size,
    find: (words, countMax) =>
      search
        .search(words)
        .slice(0, countMax)
        .map(({ id }) => foundItem(byId.get(id as string)!)),
  };
}

function foundItem({ itemId, title, price, category, image }: Item): CardItem {
  return { itemId, title, price, category, image };
}

/** What the index finds, and what only the server knows. */
export async function findItems(words: string, countMax: number): Promise<CardItem[]> {
  const found = await openSearchIndex();
  const near = found.find(words, countMax);
  if (found.beyond <= 0 || near.length >= countMax) return near;
  const known = new Set(near.map(({ itemId }) => itemId));
  const { items } = await shopClient.items({ q: words, pageSize: countMax });
  return [...near, ...items.filter(({ itemId }) => !known.has(itemId)).map(foundItem)].slice(0, countMax);
}
