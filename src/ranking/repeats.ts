import type { History } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import type { SearchOptions } from "../model/scorer.ts";
import { type RankedRows, TopRows } from "../model/top-rows.ts";

/** What the past of a user adds to its items. */
export interface Repeats {
  readonly items: Uint32Array;
  /** aligned with `items` */
  readonly repeats: Float64Array;
}

/**
 * What an item of the user's own past scores more than its factors say: weight × log(1 + r), (items of the
 * history). People buy again what they often and lately bought, and r, which fades, is how often and how lately.
 */
export function repeatScores(model: Model, own: History): Float64Array {
  const weight = model.header.repeatWeight ?? 0;
  return Float64Array.from(own.strength, (r) => weight * Math.log1p(r));
}

/**
 * The k best rows by factors and repeat scores together: exact, since only rows of the history have a repeat
 * score, and all of them are scored; of the others the k best are enough. `mask` is (items), and is left as
 * it was; `repeats` is aligned with `items`, the history's.
 */
export function topWithRepeats(
  model: Model,
  vector: Float32Array,
  { items, repeats }: Repeats,
  { k, mask, ...options }: SearchOptions & { readonly k: number; readonly mask: Uint8Array },
): RankedRows {
  const scores = model.scores(vector, items);
  const top = new TopRows(k);
  const visible = items.filter((row) => !mask[row]);
  items.forEach((row, at) => {
    if (!mask[row]) top.offer(row, scores[at] + repeats[at] + (options.bonus?.values[row] ?? 0));
  });
  for (const row of visible) mask[row] = 1;
  const others = model.topK(vector, k, mask, options);
  for (const row of visible) mask[row] = 0;
  others.rows.forEach((row, at) => {
    top.offer(row, others.scores[at]);
  });
  return top.take();
}
