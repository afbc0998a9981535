import type { FoldIn } from "../model/fold-in.ts";
import type { History } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import { repeatScores } from "./repeats.ts";

/** An item of the user's past that speaks for a recommended one. */
export interface Reason {
  readonly row: number;
  /** its contribution to the score ÷ the sum of all contributions above 0 */
  readonly share: number;
  /** what the user did with it: a bit per event type of the model */
  readonly typeBits: number;
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
  own?: Pick<History, "items" | "typeBits">,
): Reason[] {
  const contributions = solution.contributions(itemRow);
  const repeated = solution.items.indexOf(itemRow);
  if (repeated >= 0) contributions[repeated] += repeat;
  let positive = 0;
  for (const contribution of contributions) positive += Math.max(0, contribution);
  return Array.from(contributions, (contribution, at) => ({
    row: solution.items[at],
    share: contribution / positive,
    typeBits: own ? own.typeBits[own.items.indexOf(solution.items[at])] : 0,
  }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share || a.row - b.row)
    .slice(0, reasonCountMax);
}

export interface Contribution extends Omit<Reason, "share"> {
  /** what of the score is owed to this item; below 0 where it speaks against */
  readonly amount: number;
}

/** Why an item scores as it does for a history, whole. */
export interface Explanation {
  /** Σ of the contributions: the raw score */
  readonly score: number;
  /** one per item of the past, the largest first */
  readonly contributions: readonly Contribution[];
}

/**
 * What each item of the past adds to the score of any item, exactly: the contributions sum to the score.
 * @param withRepeats whether lists are meant that hide nothing, where an item's own past counts besides
 * @returns undefined where nothing is known of the user, or nothing was factorised
 */
export function explainPair(
  model: Model,
  own: History,
  itemRow: number,
  { withRepeats }: { readonly withRepeats: boolean },
): Explanation | undefined {
  const solution = own.items.length > 0 ? model.foldIn(own) : undefined;
  if (!solution) return undefined;
  const amounts = solution.contributions(itemRow);
  const repeated = own.items.indexOf(itemRow);
  const repeat = withRepeats && repeated >= 0 ? repeatScores(model, own)[repeated] : 0;
  const contributions = Array.from(amounts, (amount, at) => {
    const row = solution.items[at];
    const typeBits = own.typeBits[own.items.indexOf(row)];
    return { row, typeBits, amount: row === itemRow ? amount + repeat : amount };
  }).sort((a, b) => b.amount - a.amount || a.row - b.row);
  return { score: contributions.reduce((sum, { amount }) => sum + amount, 0), contributions };
}
