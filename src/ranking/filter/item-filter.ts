import { type BoundExpression, bindFilter, type FilterValues } from "./bind.ts";
import type { Filter } from "./expression.ts";
import { parseFilter } from "./parse.ts";

/** A filter with its values, ready to be applied. */
export interface ItemFilter {
  /** the same for the same filter with the same values */
  readonly key: string;
  readonly expressions: readonly BoundExpression[];
}

/** Parsed filters that are kept: at most so many of at most 2,500 characters. */
const parsedMax = 500;
const parsed = new Map<string, Filter>();

/** @throws FilterError on a text that is no filter, or values that do not fit it */
export function itemFilter(text: string, values: FilterValues = {}): ItemFilter {
  const expressions = bindFilter(parseOnce(text), values);
  return { key: JSON.stringify([text, values]), expressions };
}

function parseOnce(text: string): Filter {
  const known = parsed.get(text);
  if (known) return known;
  const filter = parseFilter(text);
  if (parsed.size === parsedMax) parsed.delete(parsed.keys().next().value as string);
  parsed.set(text, filter);
  return filter;
}

export interface Conveniences {
  readonly category?: string | undefined;
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
}

/** What `category`, `minPrice` and `maxPrice` say, in the language of filters; undefined where nothing is said. */
export function convenienceFilter({ category, minPrice, maxPrice }: Conveniences): ItemFilter | undefined {
  const conditions: string[] = [];
  const values: Record<string, string> = {};
  if (category !== undefined) {
    conditions.push("Items.CATEGORY IN ($CATEGORY)");
    values.CATEGORY = quote(category);
  }
  if (minPrice !== undefined) {
    conditions.push("Items.PRICE >= $MIN_PRICE");
    values.MIN_PRICE = String(minPrice);
  }
  if (maxPrice !== undefined) {
    conditions.push("Items.PRICE <= $MAX_PRICE");
    values.MAX_PRICE = String(maxPrice);
  }
  if (conditions.length === 0) return undefined;
  return itemFilter(`INCLUDE ItemID WHERE ${conditions.join(" AND ")}`, values);
}

/** A text as one value of a parameter, whatever it begins with. */
function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
