import type { FoldIn } from "../model/fold-in.ts";

/** An item of the user's past that speaks for a recommended one. */
export interface Reason {
  readonly row: number;
  /** its contribution to the score ÷ the sum of all contributions above 0 */
  readonly share: number;
}

const reasonCountMax = 3;

/** The past items that add most to an item's score; what speaks against it is left out. */
export function explain(solution: Pick<FoldIn, "items" | "contributions">, itemRow: number): Reason[] {
  const contributions = solution.contributions(itemRow);
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
