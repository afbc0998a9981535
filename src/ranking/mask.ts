import type { History } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import type { Hide, RankingQuery } from "./rank.ts";

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
    if (isOwnHidden(own.typeBits[at], bits)) mask[own.items[at]] = 1;
  }
}

/** Whether an item is hidden because of what the user did with it. */
export function hidesOwn(model: Model, hide: Hide, own: History, row: number): boolean {
  const at = own.items.indexOf(row);
  if (hide === "none" || at < 0) return false;
  return isOwnHidden(own.typeBits[at], hide === "interacted" ? 0 : model.header.confidence.purchaseBits);
}

function isOwnHidden(typeBits: number, bits: number): boolean {
  return bits === 0 || (typeBits & bits) !== 0;
}
