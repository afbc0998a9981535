import type { Random } from "../math/random.ts";
import { categories, productTypes } from "./departments.ts";
import { discountPersonas, preferenceRows, type Shopper } from "./personas.ts";
import type { Popularity } from "./popularity.ts";
import type { Product } from "./products.ts";
import { styles } from "./styles.ts";

export const favouriteCount = 6;
/** Stands among the favourites of a shopper who has not chosen yet. */
export const noItem = 0xffff;

/** All that the shop's shoppers are made of: whoever knows this knows every probability. */
export interface DemoTruth extends Popularity {
  readonly seed: number;
  /** epoch seconds at which day 0 begins */
  readonly startTime: number;
  /** (items): index in `productTypes`; ascending */
  readonly itemType: Uint8Array;
  /** (items): index in `styles` */
  readonly itemStyle: Uint8Array;
  /** (items): third of its type's prices, 0 the cheapest */
  readonly itemTier: Uint8Array;
  /** (shoppers × 3): indices in `categories`, the most preferred first */
  readonly preferences: Uint8Array;
  /** (shoppers): index in `discountPersonas` */
  readonly discounts: Uint8Array;
  /** (shoppers × styles): index in `styleLevels` */
  readonly styleTaste: Uint8Array;
  /** (shoppers × 6): item rows, the dearest first */
  readonly favourites: Uint16Array;
  /** (shoppers + 1): where each shopper's purchased lines begin */
  readonly purchaseStarts: Uint32Array;
  /** (lines): item rows, in order of time */
  readonly purchaseItems: Uint16Array;
  /** (lines): seconds after `startTime` */
  readonly purchaseTimes: Uint32Array;
}

/** How much a style appeals, by level. */
export const styleLevels: readonly number[] = [1, 0.7, 0.3, 0.1];
/** How much a type of product appeals, by level; all levels are equally likely. */
export const typeLevels: readonly number[] = [1, 0.6, 0.35, 0.15];
const stylesByLevel: readonly number[] = [1, 1, 3];

/** The truth before anybody has bought, with favourites yet to be chosen. */
export function makeTruth(
  random: Random,
  shoppers: readonly Shopper[],
  products: readonly Product[],
  popularity: Popularity,
  settings: { seed: number; startTime: number },
): DemoTruth {
  return {
    ...settings,
    ...popularity,
    itemType: Uint8Array.from(products, (product) => product.type),
    itemStyle: Uint8Array.from(products, (product) => product.style),
    itemTier: Uint8Array.from(products, (product) => product.tier),
    preferences: preferenceRows(shoppers),
    discounts: Uint8Array.from(shoppers, (shopper) => discountPersonas.indexOf(shopper.discountPersona)),
    styleTaste: makeStyleTastes(random, shoppers.length),
    favourites: new Uint16Array(shoppers.length * favouriteCount).fill(noItem),
    purchaseStarts: new Uint32Array(shoppers.length + 1),
    purchaseItems: new Uint16Array(0),
    purchaseTimes: new Uint32Array(0),
  };
}

function makeStyleTastes(random: Random, shopperCount: number): Uint8Array {
  const tastes = new Uint8Array(shopperCount * styles.length).fill(styleLevels.length - 1);
  const order = Uint8Array.from(styles.keys());
  for (let shopper = 0; shopper < shopperCount; shopper++) {
    random.shuffle(order);
    let place = 0;
    stylesByLevel.forEach((count, level) => {
      for (const end = place + count; place < end; place++) {
        tastes[shopper * styles.length + order[place]] = level;
      }
    });
  }
  return tastes;
}

/** Level 0 to 3 of a shopper's liking for a type: mixed from the numbers, so that nothing has to be stored. */
export function typeLevel(seed: number, shopper: number, type: number): number {
  let mixed =
    Math.imul(seed ^ Math.imul(shopper + 1, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(type + 1, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 30;
}

/** (runs + 1): the first item row of each type, and of each category. */
export function typeStarts(itemType: Uint8Array): { types: Uint16Array; categories: Uint16Array } {
  const types = new Uint16Array(productTypes.length + 1);
  for (const type of itemType) types[type + 1]++;
  for (let type = 0; type < productTypes.length; type++) types[type + 1] += types[type];
  const firsts = categories.map((name) => productTypes.findIndex((type) => type.category === name));
  return { types, categories: Uint16Array.from([...firsts, productTypes.length], (type) => types[type]) };
}
