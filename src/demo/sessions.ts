import type { Random } from "../math/random.ts";
import { complementShare, secondsPerDay } from "./habits.ts";
import { dayCount } from "./popularity.ts";
import type { Product } from "./products.ts";
import type { Taste } from "./taste.ts";
import { type DemoTruth, favouriteCount } from "./truth.ts";
import type { Visits } from "./visits.ts";

/**
 * The funnel. In the retail demo store that this follows, views, additions, views of the cart, checkouts and
 * orders relate as 100 : 8 : 5 : 2 : 1. Here they do so per session (0.8 additions, 0.5 views of the cart, 0.2
 * checkouts, 0.1 orders), and an order has several lines, as in a shop where people buy.
 */
const funnel = {
  /** mean number of sessions past the second */
  activity: { web: 4.8, store: 5.8 },
  orderShare: { web: 0.083, store: 0.19 },
  views: { web: 8, store: 5 },
  cartShare: 0.46,
  cartViewShare: 0.84,
  abandonedShare: 0.24,
};
/** P(an order has more than n lines), n = 1 … 5 */
const moreLines = [0.87, 0.66, 0.43, 0.24, 0.1];
const meanLines = moreLines.reduce((sum, share) => sum + share, 1);

/** Of all drawn lines, how many go with the first of their order. */
export const complementLines = (complementShare * (meanLines - 1)) / meanLines;

export const eventTypes = ["View", "AddToCart", "ViewCart", "StartCheckout", "Purchase"] as const;
const [view, addToCart, viewCart, startCheckout, purchase] = eventTypes.keys();

/** Plays all 90 days of one shopper after the other. Purchases are noted in `taste`, everything in `visits`. */
export class Shopping {
  readonly #random: Random;
  readonly #taste: Taste;
  readonly #truth: DemoTruth;
  readonly #products: readonly Product[];
  readonly #visits: Visits;
  #shopper = 0;
  #time = 0;

  constructor(
    random: Random,
    parts: { taste: Taste; truth: DemoTruth; products: readonly Product[]; visits: Visits },
  ) {
    this.#random = random;
    this.#taste = parts.taste;
    this.#truth = parts.truth;
    this.#products = parts.products;
    this.#visits = parts.visits;
  }

  /** All sessions of a shopper. First the favourites are chosen, from all that there will ever be. */
  play(shopper: number, channel: "web" | "store"): void {
    this.#shopper = shopper;
    this.#taste.enter(shopper);
    this.#chooseFavourites();
    const eagerness = 0.4 + 1.2 * this.#random.next();
    for (const start of this.#sessionStarts(channel)) {
      this.#time = start;
      const due = Math.min(this.#taste.dueAt(start), 1.5);
      const orders = this.#random.next() < funnel.orderShare[channel] * eagerness * (1 + due);
      if (orders) this.#order(channel);
      else this.#browse(channel);
    }
  }

  #chooseFavourites(): void {
    const lastDay = (dayCount - 1) * secondsPerDay;
    const chosen = new Set<number>();
    while (chosen.size < favouriteCount) chosen.add(this.#taste.drawWish(this.#random, lastDay));
    this.#truth.favourites.set([...chosen], this.#shopper * favouriteCount);
  }

  /** Seconds after the beginning, ascending. Activity is Pareto-distributed; some shoppers come late. */
  #sessionStarts(channel: "web" | "store"): number[] {
    const random = this.#random;
    const spread = funnel.activity[channel] / Math.sqrt(1 - random.next());
    const firstDay = random.next() < 0.12 ? random.integer(dayCount - 5) : 0;
    const count = 1 + Math.min(80, Math.floor((spread * (dayCount - firstDay)) / dayCount));
    const starts = Array.from({ length: count }, () => {
      const day = firstDay + random.integer(dayCount - firstDay);
      // Two uniform draws make the afternoon likelier than the night; nothing runs past the last midnight.
      const hour = 6 + (random.next() + random.next()) * 8.2;
      return day * secondsPerDay + Math.floor(hour * 3600);
    });
    return starts.sort((a, b) => a - b);
  }

  #order(channel: "web" | "store"): void {
    const anchor = this.#taste.drawWish(this.#random, this.#time);
    // The same thing twice is one line of two pieces.
    const pieces = new Map([[anchor, 1 + (this.#random.next() < 0.1 ? 1 : 0)]]);
    for (const share of moreLines) {
      if (this.#random.next() * previous(share) >= share) break;
      const item =
        this.#random.next() < complementShare
          ? this.#taste.drawComplement(this.#random, anchor, this.#time)
          : this.#taste.drawWish(this.#random, this.#time);
      pieces.set(item, (pieces.get(item) ?? 0) + 1);
    }
    const placedAt = this.#time;
    this.#look(channel, 0.55);
    for (const item of pieces.keys()) {
      this.#record(view, item);
      this.#record(addToCart, item);
    }
    if (this.#random.next() < 0.6) this.#record(viewCart, anchor);
    this.#record(viewCart, anchor);
    this.#record(startCheckout, anchor);
    this.#pay(pieces, placedAt);
  }

  /** Wishes were drawn as of `placedAt`; it is also when what is bought begins to be used up. */
  #pay(pieces: ReadonlyMap<number, number>, placedAt: number): void {
    const basket = this.#visits.openBasket();
    const week = Math.floor(placedAt / secondsPerDay / 7);
    this.#time += 30 + this.#random.integer(240);
    for (const [item, count] of pieces) {
      const isOnOffer = (this.#truth.offers[item] >>> week) & 1;
      const cents = Math.round(this.#products[item].price * (isOnOffer ? 80 : 100));
      this.#visits.add(this.#shopper, item, purchase, this.#time, (cents * count) / 100, basket);
      this.#taste.own(item, this.#time);
    }
  }

  #browse(channel: "web" | "store"): void {
    this.#look(channel, 1);
    const random = this.#random;
    if (random.next() >= funnel.cartShare) return;
    const item = this.#taste.drawWish(random, this.#time);
    this.#record(view, item);
    this.#record(addToCart, item);
    if (random.next() < 0.15) this.#record(addToCart, this.#taste.drawComplement(random, item, this.#time));
    if (random.next() >= funnel.cartViewShare) return;
    this.#record(viewCart, item);
    if (random.next() < funnel.abandonedShare) this.#record(startCheckout, item);
  }

  /** Walks through the shop, mostly staying in a category. At least one thing is looked at. */
  #look(channel: "web" | "store", length: number): void {
    const random = this.#random;
    const count = 1 + Math.floor(random.next() * funnel.views[channel] * length);
    let category = this.#taste.drawCategory(random);
    for (let n = 0; n < count; n++) {
      if (random.next() < 0.35) category = this.#taste.drawCategory(random);
      this.#record(view, this.#taste.drawView(random, category, this.#time));
    }
  }

  #record(type: number, item: number): void {
    this.#visits.add(this.#shopper, item, type, this.#time, 0, 0);
    this.#time += 8 + this.#random.integer(60);
  }
}

function previous(share: number): number {
  const place = moreLines.indexOf(share);
  return place === 0 ? 1 : moreLines[place - 1];
}
