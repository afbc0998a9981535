import type { ModelHeader } from "../model/header.ts";

/** What one says that somebody did, by the event type that says most: a purchase, then a cart, then a look. */
export type Deed = "bought" | "chose" | "viewed" | "liked";

/** @param typeBits a bit per event type of the model, of one user with one item */
export function deedOf({ bitTypes, purchaseBits }: ModelHeader["confidence"], typeBits: number): Deed {
  if (typeBits & purchaseBits) return "bought";
  const did = (pattern: RegExp): boolean =>
    bitTypes.some((types, bit) => (typeBits >> bit) & 1 && types.some((type) => pattern.test(type)));
  if (did(/cart|basket|checkout/i)) return "chose";
  return did(/view|click|visit|open|watch|read/i) ? "viewed" : "liked";
}
