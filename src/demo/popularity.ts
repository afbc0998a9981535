import type { Random } from "../math/random.ts";
import { productTypes } from "./departments.ts";
import type { Product } from "./products.ts";

export const dayCount = 90;
/** Popularity is known at the beginning of each week and drawn straight in between. */
export const knotCount = Math.floor((dayCount - 1) / 7) + 2;

export interface Popularity {
  /** (knots × items), row-major: how wanted each item is at the beginning of each week, new or not */
  readonly knots: Float32Array;
  /** (items): the day on which it went on sale; 0 for what was there before */
  readonly launchDay: Uint8Array;
  /** (items): bit w is set where the item is on offer in week w */
  readonly offers: Uint16Array;
}

const newShare = 0.09;
const offerShare = 0.15;

/**
 * Long-tailed popularity that drifts: within a category the item of rank r starts at 1 / (r + 2) (Zipf's law,
 * its head flattened), goes up or down by up to a third each week, and now and then is the talk of the town.
 */
export function makePopularity(random: Random, products: readonly Product[]): Popularity {
  const itemCount = products.length;
  const knots = new Float32Array(knotCount * itemCount);
  const launchDay = new Uint8Array(itemCount);
  const offers = new Uint16Array(itemCount);
  const ranks = rankWithinCategories(random, products);
  for (let item = 0; item < itemCount; item++) {
    const isFirstOfType = item === 0 || products[item].type !== products[item - 1].type;
    // The first of a type is never new, so that there is something of every type to draw on any day.
    if (!isFirstOfType && random.next() < newShare) launchDay[item] = 8 + random.integer(76);
    const burst = random.next() < 0.08 ? random.integer(knotCount) : -1;
    let level = 1;
    for (let knot = 0; knot < knotCount; knot++) {
      const step = 0.75 + random.next() * 0.583;
      // Pulled back towards 1, else a few items would swallow the shop by the end.
      level *= step * (level > 3 ? 0.8 : level < 0.33 ? 1.25 : 1);
      const talk = knot === burst ? 4 : knot === burst + 1 ? 2 : 1;
      knots[knot * itemCount + item] = (novelty(launchDay[item], knot) * talk * level) / (ranks[item] + 2);
      if (random.next() < offerShare) offers[item] |= 1 << knot;
    }
  }
  return { knots, launchDay, offers };
}

/** New things are looked at more in their first three weeks. */
function novelty(launchDay: number, knot: number): number {
  if (launchDay === 0) return 1;
  const age = knot * 7 - launchDay;
  return age < 0 ? 3 : age > 21 ? 1 : 3 - (age * 2) / 21;
}

function rankWithinCategories(random: Random, products: readonly Product[]): Uint16Array {
  const ranks = new Uint16Array(products.length);
  const byCategory = new Map<string, number[]>();
  products.forEach(({ type }, item) => {
    const { category } = productTypes[type];
    const items = byCategory.get(category);
    if (items) items.push(item);
    else byCategory.set(category, [item]);
  });
  for (const items of byCategory.values()) {
    random.shuffle(items).forEach((item, rank) => {
      ranks[item] = rank;
    });
  }
  return ranks;
}

/**
 * (days × (items + 1)), row-major: `sums[day][i]` is the popularity on that day of all items before i, so that
 * an item of any run of rows is drawn by one binary search.
 */
export function dailySums({ knots, launchDay }: Popularity): Float64Array {
  const itemCount = launchDay.length;
  const sums = new Float64Array(dayCount * (itemCount + 1));
  for (let day = 0; day < dayCount; day++) {
    const from = Math.floor(day / 7) * itemCount;
    const share = (day % 7) / 7;
    const row = day * (itemCount + 1);
    let sum = 0;
    for (let item = 0; item < itemCount; item++) {
      const start = knots[from + item];
      if (launchDay[item] <= day) sum += start + (knots[from + itemCount + item] - start) * share;
      sums[row + item + 1] = sum;
    }
  }
  return sums;
}

/** The row in [from, to) at which the running sum, in one day's row of `dailySums`, passes `target`. */
export function searchSums(
  sums: Float64Array,
  row: number,
  from: number,
  to: number,
  target: number,
): number {
  let low = from;
  let high = to - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[row + middle + 1] > target) high = middle;
    else low = middle + 1;
  }
  return low;
}
