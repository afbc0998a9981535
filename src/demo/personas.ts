import type { Random } from "../math/random.ts";
import { categories } from "./departments.ts";

/** Who shops here, as the generator knows them. The id is 1 to 10000; the web's shoppers come first. */
export interface Shopper {
  readonly id: string;
  readonly channel: "web" | "store";
  /** the three preferences joined by "_", most preferred first */
  readonly persona: string;
  /** three categories, chosen with the weights of `preferenceShares` */
  readonly preferences: readonly string[];
  readonly discountPersona: DiscountPersona;
  /** for a list to choose from */
  readonly label: string;
}

export const discountPersonas = ["discount_indifferent", "all_discounts", "lower_priced_products"] as const;
export type DiscountPersona = (typeof discountPersonas)[number];

/** How often a shopper's taste turns to the first, second and third preference. */
export const preferenceShares: readonly number[] = [0.6, 0.25, 0.15];

export const shopperCount = 10_000;
const webShopperCount = 9_000;

interface Persona {
  readonly title: string;
  readonly preferences: readonly string[];
}

const parse = (lines: string): readonly Persona[] =>
  lines.split("\n").map((line) => {
    const [title, preferences] = line.split(": ");
    return { title, preferences: preferences.split(" ") };
  });

export const webPersonas = parse(`Nest builder: furniture lighting homedecor
Night reader: lighting books furniture
Collector of interiors: homedecor jewelry lighting
Home cook: kitchen tableware groceries
Dinner host: tableware floral kitchen
Wardrobe planner: apparel footwear accessories
Sneaker fan: footwear sports apparel
City commuter: bags electronics accessories
Stylist: accessories bags beauty
Gift finder: jewelry beauty toys
Early adopter: electronics instruments bags
Band member: instruments electronics apparel
Weekend camper: outdoors sports footwear
Trainer: sports outdoors groceries
Maker: tools electronics homedecor
Young parent: toys books apparel`);

export const storePersonas = parse(`Daily grocer: groceries floral beauty
Flower lover: floral groceries homedecor
Well groomed: beauty accessories groceries
Kitchen regular: groceries kitchen tableware
Handy neighbour: tools groceries outdoors
Sunday reader: books groceries floral
Grandparent: toys groceries books
Tea table: tableware groceries books
Allotment gardener: floral tools groceries`);

const discountNotes: Readonly<Record<DiscountPersona, string>> = {
  discount_indifferent: "buys what pleases",
  all_discounts: "looks for offers",
  lower_priced_products: "keeps it low-priced",
};

/** The 10,000 shoppers in the order of their ids; every persona of a channel is equally likely. */
export function makeShoppers(random: Random): Shopper[] {
  return Array.from({ length: shopperCount }, (_, index) => {
    const channel = index < webShopperCount ? "web" : "store";
    const personas = channel === "web" ? webPersonas : storePersonas;
    const { title, preferences } = personas[random.integer(personas.length)];
    const discountPersona = discountPersonas[random.integer(discountPersonas.length)];
    const id = String(index + 1);
    return {
      ...{ id, channel, persona: preferences.join("_"), preferences, discountPersona },
      label: `${title}, ${discountNotes[discountPersona]} (${channel} shopper ${id})`,
    };
  });
}

/** (shoppers × 3): each shopper's preferences as indices into `categories`. */
export function preferenceRows(shoppers: readonly Shopper[]): Uint8Array {
  return Uint8Array.from(
    shoppers.flatMap((shopper) => shopper.preferences.map((name) => categories.indexOf(name))),
  );
}
