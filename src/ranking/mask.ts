import type { History } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import type { RankingQuery } from "./rank.ts";

/** One mask per model, all 0 between two rankings: rows are never allocated per call. */
const masks = new WeakMap<Model, Uint8Array>();

/** (items): 1 where this query may not answer with the item. Belongs to the caller until `unmarkHidden`. */
export function markHidden(
  model: Model,
  { hidden, hide, itemRow = -1 }: RankingQuery,
  own: History | undefined,
): Uint8Array {
  let mask = masks.get(model);
  if (!mask) {
    mask = new Uint8Array(model.itemCount);
    masks.set(model, mask);
  }
  if (hidden) mask.set(hidden);
  if (own && hide !== "none")
    hideOwn(mask, own, hide === "interacted" ? 0 : model.header.confidence.purchaseBits);
  if (itemRow >= 0) mask[itemRow] = 1;
  return mask;
}

export function unmarkHidden(model: Model): void {
  masks.get(model)?.fill(0);
}

/** `bits` of 0 hides every item of the history. */
function hideOwn(mask: Uint8Array, own: History, bits: number): void {
  for (let at = 0; at < own.items.length; at++) {
    if (bits === 0 || own.typeBits[at] & bits) mask[own.items[at]] = 1;
  }
}
