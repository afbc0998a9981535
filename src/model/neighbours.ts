import type { RankedRows } from "./top-rows.ts";

/** Of a row with fewer neighbours than there is room for. */
export const noRow = 0xffffffff;

/** Rows (items, width) with their scores, nearest first; `noRow` where there is no further one. */
export interface NeighbourTable {
  readonly rows: Uint32Array;
  /** aligned with `rows`, above 0 */
  readonly scores: Float32Array;
}

/** 50, and none past 5,000 items: the table's time grows with their square, and a search takes a fraction of a millisecond. */
export function neighbourCountOf(itemCount: number): number {
  return itemCount <= 5000 ? 50 : 0;
}

/** The k nearest rows to an item that are not hidden. */
export type FindNearest = (item: number, k: number) => RankedRows;

/** Writes the nearest items of every item. */
export function fillNeighbours(nearest: FindNearest, itemCount: number, into: NeighbourTable): void {
  const width = into.rows.length / itemCount;
  into.rows.fill(noRow);
  for (let item = 0; item < itemCount; item++) {
    const { rows, scores } = nearest(item, width);
    into.rows.set(rows, item * width);
    into.scores.set(scores, item * width);
  }
}

/** From the table, unless it may have been cut off before k are found. `hidden` is (items). */
export function storedNeighbours(
  { rows, scores }: NeighbourTable,
  { itemRow, itemCount }: { readonly itemRow: number; readonly itemCount: number },
  k: number,
  hidden?: Uint8Array,
): RankedRows | undefined {
  const width = rows.length / itemCount;
  const found: number[] = [];
  let at = itemRow * width;
  const end = at + width;
  for (; at < end && rows[at] !== noRow && found.length < k; at++) {
    if (!hidden?.[rows[at]]) found.push(at);
  }
  if (found.length < k && at === end && width < itemCount - 1) return undefined;
  return {
    rows: Uint32Array.from(found, (place) => rows[place]),
    scores: Float64Array.from(found, (place) => scores[place]),
  };
}
