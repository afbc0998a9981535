import type { FoldIn } from "../model/fold-in.ts";

/** An item of the user's past that speaks for a recommended one. */
export interface Reason {
  readonly row: number;
  /** its contribution to the score ÷ the sum of all contributions above 0 */
  readonly share: number;
}

const reasonCountMax = 3;

/**
 * The past items that add most to an item's score; what speaks against it is left out. `repeat` is what the score
 * owes to the item's own past beside that.
 */
export function explain(
  solution: Pick<FoldIn, "items" | "contributions">,
  itemRow: number,
  repeat = 0,
): Reason[] {
  const contributions = solution.contributions(itemRow);
  const own = solution.items.indexOf(itemRow);
  if (own >= 0) contributions[own] += repeat;
  let positive = 0;
  for (const contribution of contributions) positive += Math.max(0, contribution);
  return Array.from(contributions, (contribution, at) => ({
    row: solution.items[at],
    share: contribution / positive,
  }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share || a.row - b.row)
    .slice(0, reasonCountMax);
}
