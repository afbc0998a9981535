import { type EventLog, EventLogBuilder } from "../src/interactions/event-log.ts";
import { Random } from "../src/math/random.ts";
import { makePowerLawShop } from "./power-law-shop.ts";

export interface ScaleShop {
  readonly name: string;
  readonly userCount: number;
  readonly itemCount: number;
  readonly eventCount: number;
}

/** Draws are more than pairs, since some repeat: so many times as many leave enough. */
const drawsPerEvent = 1.5;
const endTime = 1_700_000_000;
const seconds = 180 * 86_400;
/** Of ten events so many are views, then so many put into a cart; the rest are purchases. */
const eventTypes = [..."VVVVVVAAPP"].map((type) => ({ V: "View", A: "AddToCart", P: "Purchase" })[type]!);

/**
 * The events of a power-law shop as they come in: shuffled, with ids as shops have them, over half a year. Every item
 * occurs; but for those first events no pair comes twice, so that there are about as many pairs as events.
 */
export function makeScaleEvents({ userCount, itemCount, eventCount }: ScaleShop): EventLog {
  const pairs = makePowerLawShop({ userCount, itemCount, drawCount: eventCount * drawsPerEvent, seed: 1 });
  const random = new Random("events");
  const user = new Uint32Array(pairs.columns.length);
  for (let row = 0; row < userCount; row++) user.fill(row, pairs.starts[row], pairs.starts[row + 1]);
  const order = new Uint32Array(pairs.columns.length);
  for (let at = 0; at < order.length; at++) order[at] = at;
  random.shuffle(order);
  if (order.length < eventCount - itemCount) {
    throw new RangeError(`${order.length} pairs were drawn where ${eventCount - itemCount} are asked for`);
  }
  const log = new EventLogBuilder();
  for (let event = 0; event < eventCount; event++) {
    const isFirst = event < itemCount;
    const pair = order[event - itemCount];
    log.add({
      userId: `customer-${isFirst ? random.integer(userCount) : user[pair]}`,
      itemId: `sku-${isFirst ? event : pairs.columns[pair]}`,
      eventType: eventTypes[event % eventTypes.length],
      time: endTime - Math.floor(((eventCount - event) / eventCount) * seconds),
      value: 0,
    });
  }
  return log.build();
}
