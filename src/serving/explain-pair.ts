import { explainPair } from "../ranking/explain.ts";
import { askedOf } from "./asked.ts";
import { becauseWords } from "./because.ts";
import type { Query } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";

/** Why an item scores as it does for somebody. */
export interface PairExplanation {
  readonly userId?: string;
  readonly itemId: string;
  readonly model: { readonly version: string; readonly channel: string };
  /** the raw score, which the contributions sum to; absent with a `reason` */
  readonly score?: number;
  /** each past item's part of the score, largest first; below 0 where it speaks against */
  readonly contributions: PairContribution[];
  /** why there is no score */
  readonly reason?: string;
}

export interface PairContribution {
  readonly itemId: string;
  readonly contribution: number;
  /** of all contributions above 0; 0 where this one is not */
  readonly share: number;
  /** "Because you bought Oak desk" */
  readonly words: string;
}

/** Exact for any pair: a user, known or with `recent`, and an item of the model, shown to that user or not. */
export function explainItem(snapshot: Snapshot, query: Query & { readonly itemId: string }): PairExplanation {
  const { model, parts } = snapshot;
  const { itemId, userId } = query;
  const { own, hide } = askedOf(snapshot, query).asked;
  const about = {
    ...(userId === undefined ? {} : { userId }),
    itemId,
    model: { version: parts.version, channel: parts.channel },
  };
  const none = (reason: string): PairExplanation => ({ ...about, contributions: [], reason });
  const itemRow = model.items.row(itemId);
  if (itemRow < 0)
    return none("the model does not know this item: nobody did anything with it when it was trained");
  const found = own && explainPair(model, own, itemRow, { withRepeats: hide === "none" });
  if (!found) return none("nothing is known of this user, so what is recommended is what is popular");
  const positive = found.contributions.reduce((sum, { amount }) => sum + Math.max(0, amount), 0);
  return {
    ...about,
    score: found.score,
    contributions: found.contributions.map(({ row, amount, typeBits }) => ({
      itemId: model.items.id(row),
      contribution: amount,
      share: positive > 0 ? Math.max(0, amount) / positive : 0,
      words: becauseWords(snapshot, row, typeBits),
    })),
  };
}
