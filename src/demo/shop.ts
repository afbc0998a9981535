import type { CatalogItem } from "../catalog/catalog-item.ts";
import type { EventLog } from "../interactions/event-log.ts";
import { IdTable } from "../math/id-table.ts";
import { Random } from "../math/random.ts";
import { secondsPerDay } from "./habits.ts";
import { makeShoppers, type Shopper } from "./personas.ts";
import { dayCount, makePopularity } from "./popularity.ts";
import { makeProducts, type Product, toCatalogItem } from "./products.ts";
import { complementLines, eventTypes, Shopping } from "./sessions.ts";
import { Taste } from "./taste.ts";
import { type DemoTruth, makeTruth } from "./truth.ts";
import { Visits } from "./visits.ts";

/** 2026-11-01T00:00:00Z: fixed, so that the shop is the same whenever it is made. */
export const endTime = 1_793_491_200;
const startTime = endTime - dayCount * secondsPerDay;

export interface DemoShop {
  readonly seed: number;
  /** epoch seconds: no event is at it or after */
  readonly endTime: number;
  /** in the order of rows of `events.users` */
  readonly shoppers: readonly Shopper[];
  /** in the order of rows of `events.items` */
  readonly items: readonly CatalogItem[];
  /** in order of time */
  readonly events: EventLog;
  readonly truth: DemoTruth;
}

export interface DemoShopOptions {
  readonly seed?: number;
  /** called now and then with the share of the work that is done, 0 to 1 */
  readonly onProgress?: (share: number) => void;
}

/** The whole demo shop: the same bytes for the same seed on every machine. */
export function makeDemoShop({ seed = 1, onProgress }: DemoShopOptions = {}): DemoShop {
  const random = new Random(seed);
  const products = makeProducts(random.fork("products"));
  const popularity = makePopularity(random.fork("popularity"), products);
  const shoppers = makeShoppers(random.fork("shoppers"));
  const settings = { seed, startTime };
  const untouched = makeTruth(random.fork("tastes"), shoppers, products, popularity, settings);
  const visits = new Visits();
  const taste = new Taste(untouched);
  const shopping = new Shopping(random.fork("sessions"), { taste, truth: untouched, products, visits });
  shoppers.forEach((shopper, row) => {
    shopping.play(row, shopper.channel);
    if (row % 1000 === 999) onProgress?.((row + 1) / shoppers.length);
  });
  const bought = visits.byShopper(eventTypes.indexOf("Purchase"), shoppers.length);
  const truth = {
    ...untouched,
    purchaseStarts: bought.starts,
    purchaseItems: bought.items,
    purchaseTimes: bought.times,
  };
  const users = IdTable.from(shoppers.map((shopper) => shopper.id));
  const itemIds = IdTable.from(products.map((product) => product.itemId));
  return {
    ...{ seed, endTime, shoppers, truth },
    items: dateItems(random.fork("dates"), products, truth),
    events: visits.toEventLog(users, itemIds, eventTypes, startTime),
  };
}

/** New items date from their launch, the others from the three years before the first event. */
function dateItems(random: Random, products: readonly Product[], truth: DemoTruth): CatalogItem[] {
  return products.map((product, item) => {
    const age = 1 + random.integer(1095);
    const day = truth.launchDay[item] === 0 ? -age : truth.launchDay[item];
    return toCatalogItem(product, truth.startTime + day * secondsPerDay);
  });
}

const tastes = new WeakMap<DemoTruth, Taste>();

/**
 * The oracle: the probability that a purchased line is each item, if the shopper of this row orders at `time`
 * (epoch seconds), given all that the shopper bought before. `into` is (items) in the catalogue's order; its sum
 * is 1. It counts what the generator draws: a thing drawn twice for one order counts twice.
 */
export function purchaseProbabilities(
  truth: DemoTruth,
  shopper: number,
  time: number,
  into: Float64Array,
): void {
  let taste = tastes.get(truth);
  if (taste === undefined) {
    taste = new Taste(truth);
    tastes.set(truth, taste);
  }
  taste.enter(shopper);
  const seconds = time - truth.startTime;
  for (let k = truth.purchaseStarts[shopper]; k < truth.purchaseStarts[shopper + 1]; k++) {
    if (truth.purchaseTimes[k] >= seconds) break;
    taste.own(truth.purchaseItems[k], truth.purchaseTimes[k]);
  }
  taste.fillProbabilities(seconds, complementLines, into);
}
