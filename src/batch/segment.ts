import type { Model } from "../model/model.ts";
import { type RankedRows, TopRows } from "../model/top-rows.ts";
import { hidesOwn } from "../ranking/mask.ts";
import type { Hide } from "../ranking/rank.ts";
import { repeatScores } from "../ranking/repeats.ts";

/** Users `from` to before `to`, among whom to look for those who would want an item most. */
export interface UserRange {
  readonly itemRow: number;
  readonly from: number;
  readonly to: number;
  readonly k: number;
  /** who bought it already wants it no more, as in an answer */
  readonly hide: Hide;
  /** rising rows of users who are not to be found */
  readonly leftOut?: Uint32Array | undefined;
}

/**
 * The k users whom an item scores highest for: exact, since each of them is scored as an answer scores the item. A
 * score is one dot product for a user, so there is nothing that a scan over codes would spare, as it does where one
 * user is held against all items.
 */
export function bestUsers(model: Model, { itemRow, from, to, k, hide, leftOut }: UserRange): RankedRows {
  const top = new TopRows(Math.min(k, Math.max(0, to - from)));
  const absent = new Set(leftOut?.filter((row) => row >= from && row < to));
  for (let row = from; row < to; row++) {
    if (absent.has(row)) continue;
    const own = model.history(row);
    if (own.items.length === 0 || hidesOwn(model, hide, own, itemRow)) continue;
    const vector = model.userVector(row) ?? model.foldIn(own)?.vector;
    if (vector === undefined) continue;
    const at = hide === "none" && model.header.repeatWeight ? own.items.indexOf(itemRow) : -1;
    const repeat = at < 0 ? 0 : repeatScores(model, own)[at];
    top.offer(row, model.scores(vector, [itemRow])[0] + repeat);
  }
  return top.take();
}
