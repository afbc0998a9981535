import type { Interactions } from "../interactions/aggregate.ts";
import { fallingOrder } from "../math/order.ts";
import { TopRows } from "./top-rows.ts";

/** How many users took each item: in all, lately, and by event type. */
export interface Popularity {
  /** (items): users of the item */
  readonly all: Uint32Array;
  /** (items): users whose last event with the item lies in the last 7 days before *now* */
  readonly days7: Uint32Array;
  readonly days28: Uint32Array;
  /** (bits, items), row-major: users with an event of this bit's types */
  readonly byType: Uint32Array;
}

const daySeconds = 86_400;

export function countPopularity(interactions: Interactions): Popularity {
  const { confidence, lastTime, typeBits, bitTypes, now } = interactions;
  const itemCount = confidence.columnCount;
  const all = new Uint32Array(itemCount);
  const days7 = new Uint32Array(itemCount);
  const days28 = new Uint32Array(itemCount);
  const byType = new Uint32Array(bitTypes.length * itemCount);
  const pairCount = confidence.starts[confidence.rowCount];
  for (let pair = 0; pair < pairCount; pair++) {
    const item = confidence.columns[pair];
    all[item]++;
    if (lastTime[pair] > 0) {
      const days = (now - lastTime[pair]) / daySeconds;
      if (days < 7) days7[item]++;
      if (days < 28) days28[item]++;
    }
    for (let bit = 0; bit < bitTypes.length; bit++)
      byType[bit * itemCount + item] += (typeBits[pair] >> bit) & 1;
  }
  return { all, days7, days28, byType };
}

/** Every row, the most popular first, ties by row. */
export function sortByPopularity(popularity: Uint32Array): Uint32Array {
  return fallingOrder(popularity);
}

export interface Trend {
  readonly rows: Uint32Array;
  /** falling, above 0 */
  readonly scores: Float32Array;
}

const trendLength = 500;

/** What grows: the users of the last week against the three weeks before it, as `growthOf` says. */
export function findTrends({ days7, days28 }: Popularity): Trend {
  return growthOf(
    days7,
    days28.map((users, item) => users - days7[item]),
  );
}

/**
 * What grows: users lately, (items), against what the users before let expect, in standard deviations of a count,
 * (seen - expected) / √(expected + 1). The expectation is scaled so that the shop as a whole does not grow.
 */
export function growthOf(seen: Uint32Array, before: Uint32Array): Trend {
  let allSeen = 0;
  let allBefore = 0;
  for (let item = 0; item < seen.length; item++) {
    allSeen += seen[item];
    allBefore += before[item];
  }
  const perEarlier = allBefore > 0 ? allSeen / allBefore : 0;
  const top = new TopRows(Math.min(trendLength, seen.length));
  for (let item = 0; item < seen.length; item++) {
    const expected = before[item] * perEarlier;
    const growth = (seen[item] - expected) / Math.sqrt(expected + 1);
    if (growth > 0) top.offer(item, growth);
  }
  const { rows, scores } = top.take();
  return { rows, scores: Float32Array.from(scores) };
}
