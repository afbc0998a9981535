import type { Random } from "../math/random.ts";
import { categories, productTypes } from "./departments.ts";
import {
  complementRows,
  cycles,
  dueWeight,
  favouritesWeight,
  giftShare,
  ownedAppeal,
  priceAppeal,
  secondsPerDay,
  typeCategory,
} from "./habits.ts";
import { preferenceShares } from "./personas.ts";
import { dailySums, dayCount, searchSums } from "./popularity.ts";
import { styles } from "./styles.ts";
import {
  type DemoTruth,
  favouriteCount,
  noItem,
  styleLevels,
  typeLevel,
  typeLevels,
  typeStarts,
} from "./truth.ts";

/**
 * One shopper at a time: draws what the shopper looks at and buys, and tells the probabilities of it. Drawing
 * and telling read the same `appeal`, `partWeights` and popularity, so neither can drift from the other.
 */
export class Taste {
  readonly #truth: DemoTruth;
  readonly #sums: Float64Array;
  readonly #starts: { types: Uint16Array; categories: Uint16Array };
  readonly #itemCount: number;
  /** (items): 1 where the shopper has bought it */
  readonly #owned: Uint8Array;
  #ownedItems: number[] = [];
  #ownedTimes: number[] = [];
  readonly #styleAppeal = new Float64Array(styles.length);
  readonly #typeAppeal = new Float64Array(productTypes.length);
  readonly #categoryShare = new Float64Array(categories.length);
  readonly #favouriteWeights = new Float64Array(favouriteCount);
  #dueWeights: number[] = [];
  #shopper = 0;

  constructor(truth: DemoTruth) {
    this.#truth = truth;
    this.#sums = dailySums(truth);
    this.#starts = typeStarts(truth.itemType);
    this.#itemCount = truth.itemType.length;
    this.#owned = new Uint8Array(this.#itemCount);
  }

  /** Becomes the shopper of this row, who has bought nothing yet. */
  enter(shopper: number): void {
    const { seed, styleTaste, preferences } = this.#truth;
    this.#shopper = shopper;
    for (const item of this.#ownedItems) this.#owned[item] = 0;
    this.#ownedItems = [];
    this.#ownedTimes = [];
    for (let style = 0; style < styles.length; style++) {
      this.#styleAppeal[style] = styleLevels[styleTaste[shopper * styles.length + style]];
    }
    for (let type = 0; type < productTypes.length; type++) {
      this.#typeAppeal[type] = typeLevels[typeLevel(seed, shopper, type)];
    }
    this.#categoryShare.fill(giftShare / categories.length);
    preferenceShares.forEach((share, place) => {
      this.#categoryShare[preferences[shopper * 3 + place]] += (1 - giftShare) * share;
    });
  }

  /** Notes that the shopper bought the item at `time` seconds after the beginning. */
  own(item: number, time: number): void {
    if (this.#owned[item] === 1) {
      this.#ownedTimes[this.#ownedItems.indexOf(item)] = time;
      return;
    }
    this.#owned[item] = 1;
    this.#ownedItems.push(item);
    this.#ownedTimes.push(time);
  }

  /** How likely the shopper takes the item where it is met, in (0, 1]. */
  #appeal(item: number, day: number): number {
    const { itemType, itemStyle, itemTier, discounts, offers } = this.#truth;
    const type = itemType[item];
    const isOnOffer = (offers[item] >>> Math.floor(day / 7)) & 1;
    const price = priceAppeal[discounts[this.#shopper] * 6 + isOnOffer * 3 + itemTier[item]];
    const owned = this.#owned[item] === 0 ? 1 : cycles[type] > 0 ? ownedAppeal.consumed : ownedAppeal.lasting;
    return this.#styleAppeal[itemStyle[item]] * this.#typeAppeal[type] * price * owned;
  }

  /**
   * A purchase springs from taste (weight 1), from a favourite, or from something used up. Fills the weights of
   * favourites and of owned items; returns the sums of both.
   */
  #partWeights(time: number): { favourites: number; due: number } {
    const { favourites, launchDay, itemType } = this.#truth;
    const day = dayOf(time);
    let favouriteSum = 0;
    for (let place = 0; place < favouriteCount; place++) {
      const item = favourites[this.#shopper * favouriteCount + place];
      const isWanted = item !== noItem && launchDay[item] <= day && this.#owned[item] === 0;
      this.#favouriteWeights[place] = isWanted ? favouritesWeight / (place + 2) : 0;
      favouriteSum += this.#favouriteWeights[place];
    }
    let due = 0;
    this.#dueWeights.length = this.#ownedItems.length;
    for (let k = 0; k < this.#ownedItems.length; k++) {
      const cycle = cycles[itemType[this.#ownedItems[k]]];
      this.#dueWeights[k] = cycle === 0 ? 0 : dueWeight((time - this.#ownedTimes[k]) / cycle);
      due += this.#dueWeights[k];
    }
    return { favourites: favouriteSum, due };
  }

  /** How much is due to be bought again: 0 if nothing. */
  dueAt(time: number): number {
    return this.#partWeights(time).due;
  }

  /** The first line of an order, or any that does not go with the first. */
  drawWish(random: Random, time: number): number {
    const { favourites, due } = this.#partWeights(time);
    let target = random.next() * (1 + favourites + due);
    if (target >= 1) {
      target -= 1;
      for (let place = 0; place < favouriteCount; place++) {
        target -= this.#favouriteWeights[place];
        if (target < 0) return this.#truth.favourites[this.#shopper * favouriteCount + place];
      }
      for (let k = 0; k < this.#dueWeights.length; k++) {
        target -= this.#dueWeights[k];
        if (target < 0) return this.#ownedItems[k];
      }
    }
    const category = this.drawCategory(random);
    return this.#drawFrom(random, this.#starts.categories, category, dayOf(time), false);
  }

  /** A line that goes with `anchor`: of a type that complements its type, and to the shopper's taste. */
  drawComplement(random: Random, anchor: number, time: number): number {
    const rows = complementRows[this.#truth.itemType[anchor]];
    return this.#drawFrom(random, this.#starts.types, rows[random.integer(rows.length)], dayOf(time), false);
  }

  drawCategory(random: Random): number {
    let target = random.next();
    for (let place = 0; place < preferenceShares.length; place++) {
      target -= preferenceShares[place] * (1 - giftShare);
      if (target < 0) return this.#truth.preferences[this.#shopper * 3 + place];
    }
    return random.integer(categories.length);
  }

  /** Something to look at: people look at more than they would buy, so the taste is flatter. */
  drawView(random: Random, category: number, time: number): number {
    return this.#drawFrom(random, this.#starts.categories, category, dayOf(time), true);
  }

  /** By rejection: an item is met by its popularity and taken by its appeal. */
  #drawFrom(random: Random, starts: Uint16Array, run: number, day: number, isView: boolean): number {
    const row = day * (this.#itemCount + 1);
    const from = starts[run];
    const to = starts[run + 1];
    const low = this.#sums[row + from];
    const range = this.#sums[row + to] - low;
    while (true) {
      const item = searchSums(this.#sums, row, from, to, low + random.next() * range);
      const appeal = this.#appeal(item, day);
      if (random.next() < (isView ? Math.sqrt(appeal) : appeal)) return item;
    }
  }

  /**
   * `into` is (items): the probability that a line of the order that the shopper places at `time` is each item.
   * `complements` is the share of lines that go with the order's first.
   */
  fillProbabilities(time: number, complements: number, into: Float64Array): void {
    const day = dayOf(time);
    const row = day * (this.#itemCount + 1);
    for (let item = 0; item < this.#itemCount; item++) {
      into[item] = (this.#sums[row + item + 1] - this.#sums[row + item]) * this.#appeal(item, day);
    }
    const typeSums = this.#sumTypes(into);
    const wishes = this.#wishByType(typeSums, time);
    const goesWith = new Float64Array(productTypes.length);
    for (let type = 0; type < productTypes.length; type++) {
      const rows = complementRows[type];
      for (const other of rows) goesWith[other] += wishes.all[type] / rows.length;
    }
    for (let type = 0; type < productTypes.length; type++) {
      const factor = ((1 - complements) * wishes.taste[type] + complements * goesWith[type]) / typeSums[type];
      for (let item = this.#starts.types[type]; item < this.#starts.types[type + 1]; item++)
        into[item] *= factor;
    }
    this.#addParts((1 - complements) / wishes.total, into);
  }

  #sumTypes(weights: Float64Array): Float64Array {
    const sums = new Float64Array(productTypes.length);
    for (let item = 0; item < this.#itemCount; item++) sums[this.#truth.itemType[item]] += weights[item];
    return sums;
  }

  /** The probability of each type for a wish that springs from taste, and for any wish. */
  #wishByType(
    typeSums: Float64Array,
    time: number,
  ): { taste: Float64Array; all: Float64Array; total: number } {
    const parts = this.#partWeights(time);
    const total = 1 + parts.favourites + parts.due;
    const categorySums = new Float64Array(categories.length);
    for (let type = 0; type < productTypes.length; type++) categorySums[typeCategory[type]] += typeSums[type];
    const taste = new Float64Array(productTypes.length);
    for (let type = 0; type < productTypes.length; type++) {
      const category = typeCategory[type];
      taste[type] = (this.#categoryShare[category] * typeSums[type]) / (categorySums[category] * total);
    }
    const all = taste.slice();
    const { favourites, itemType } = this.#truth;
    this.#favouriteWeights.forEach((weight, place) => {
      all[itemType[favourites[this.#shopper * favouriteCount + place]]] += weight / total;
    });
    this.#dueWeights.forEach((weight, k) => {
      all[itemType[this.#ownedItems[k]]] += weight / total;
    });
    return { taste, all, total };
  }

  #addParts(factor: number, into: Float64Array): void {
    this.#favouriteWeights.forEach((weight, place) => {
      into[this.#truth.favourites[this.#shopper * favouriteCount + place]] += weight * factor;
    });
    this.#dueWeights.forEach((weight, k) => {
      into[this.#ownedItems[k]] += weight * factor;
    });
  }
}

function dayOf(time: number): number {
  return Math.min(dayCount - 1, Math.max(0, Math.floor(time / secondsPerDay)));
}
