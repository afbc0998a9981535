import { Random } from "../math/random.ts";

/** Rows among which exploration draws: the best of the young ones. */
export const exploredMax = 100;
/** Days since an item's first event, or since the catalogue has it, up to which it is explored. */
export const ageCutOffDefault = 30;

export interface Explored<T> {
  readonly item: T;
  /** the chance that this very item was drawn for its place, given those before it; absent where nothing was drawn */
  readonly propensity?: number;
}

/**
 * A list of which each place is given, with probability `weight`, to a candidate drawn alike from those that are not
 * in the list yet; what stood there moves down. The same seed gives the same list. It keeps its length; where nothing
 * else is left, candidates fill it.
 */
export function explore<T>(
  items: readonly T[],
  candidates: readonly T[],
  { weight, seed, k }: { readonly weight: number; readonly seed: string; readonly k: number },
): Explored<T>[] {
  const random = new Random(seed);
  const left = [...candidates];
  const list: Explored<T>[] = [];
  let next = 0;
  while (list.length < k && (next < items.length || left.length > 0)) {
    const isDrawn = left.length > 0 && (random.next() < weight || next === items.length);
    if (isDrawn) {
      const propensity = (next === items.length ? 1 : weight) / left.length;
      const [item] = left.splice(random.integer(left.length), 1);
      list.push({ item, propensity });
    } else list.push({ item: items[next++] });
  }
  return list;
}
