import { categories, productTypes } from "./departments.ts";

export const secondsPerDay = 86_400;
/** Purchases turn to any category at all so often, as gifts do. */
export const giftShare = 0.05;
/** What the six favourites together weigh about, against 1 for everything else that pleases. */
export const favouritesWeight = 0.3;
/** What lasts is hardly bought twice; what is used up is bought again when it is due, and less before. */
export const ownedAppeal = { lasting: 0.05, consumed: 0.4 };
/** (discount personas × [off, on offer] × price thirds) */
export const priceAppeal: readonly number[] = [
  ...[1, 1, 1, 1, 1, 1],
  ...[0.4, 0.4, 0.4, 1, 1, 1],
  ...[0.7, 0.35, 0.1, 1, 0.5, 0.15],
];
/** A line after an order's first goes with the first so often, else it is a wish of its own. */
export const complementShare = 0.4;
/** (types): the types that go with each */
export const complementRows: readonly (readonly number[])[] = productTypes.map((type) =>
  type.complements.map((name) => productTypes.findIndex((other) => other.name === name)),
);
/** (types): seconds after which it is used up, 0 for what lasts */
export const cycles = Float64Array.from(productTypes, (type) => (type.cycle ?? 0) * secondsPerDay);
/** (types): index in `categories` */
export const typeCategory = Uint8Array.from(productTypes, (type) => categories.indexOf(type.category));
const dueWeightMax = 0.8;

/** `cycles` since the last purchase: nothing at first, most when it is just used up, then slowly forgotten. */
export function dueWeight(cycles: number): number {
  if (cycles < 0.5) return 0;
  if (cycles < 1) return dueWeightMax * (cycles * 2 - 1);
  if (cycles < 2) return dueWeightMax * (1 - (cycles - 1) * 0.75);
  return cycles < 5 ? dueWeightMax * 0.25 : 0;
}
