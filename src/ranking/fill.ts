import type { RankedItem, Source } from "./rank.ts";

/** Fills up to k by candidates that are not masked, in their order, and marks what it takes. */
export function fill(
  items: RankedItem[],
  candidates: Uint32Array,
  { k, mask, source }: { readonly k: number; readonly mask: Uint8Array; readonly source: Source },
): void {
  for (let at = 0; at < candidates.length && items.length < k; at++) {
    const row = candidates[at];
    if (mask[row]) continue;
    mask[row] = 1;
    items.push({ row, score: undefined, source });
  }
}
