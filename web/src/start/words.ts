import type { FileKind } from "./start-api.ts";

export interface Role {
  readonly role: string;
  readonly label: string;
  readonly isNeeded?: boolean;
}

/** What the columns of each file can say, in the words of whoever has the file. */
export const roles: Readonly<Record<FileKind, readonly Role[]>> = {
  events: [
    { role: "user", label: "Who did it", isNeeded: true },
    { role: "item", label: "Which item", isNeeded: true },
    { role: "event", label: "What was done" },
    { role: "time", label: "When" },
    { role: "value", label: "What it was worth" },
    { role: "basket", label: "Which order or visit" },
  ],
  items: [
    { role: "itemId", label: "The item’s id", isNeeded: true },
    { role: "title", label: "Title" },
    { role: "price", label: "Price" },
    { role: "category", label: "Category" },
    { role: "image", label: "Picture" },
    { role: "description", label: "Description" },
    { role: "available", label: "In stock" },
    { role: "createdAt", label: "New since" },
    { role: "installments", label: "Payments" },
  ],
};

export const worths: readonly (readonly [weight: number, label: string])[] = [
  [1, "like looking at it"],
  [2, "like putting it in the cart"],
  [4, "like going to pay"],
  [5, "like buying it"],
  [0, "nothing: leave it out"],
];

export const kindWords: Readonly<Record<FileKind, { title: string; what: string; example: string }>> = {
  events: {
    title: "What people did",
    what: "Views, carts and purchases: one line each, with who, which item and when.",
    example:
      "user_id,item_id,event_type,timestamp\nanna,oak-desk,View,2026-05-01T09:12:00Z\nanna,oak-desk,Purchase,2026-05-01T09:20:00Z",
  },
  items: {
    title: "What you sell",
    what: "Ids and titles; price, category and picture where you have them. Without it, cards show ids.",
    example:
      "item_id,title,price,category\noak-desk,Oak desk,349,Furniture\ndesk-lamp,Desk lamp,39.5,Lighting",
  },
};

const numbers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
export const count = (value: number): string => numbers.format(value);

export function size(bytes: number): string {
  if (bytes < 1e3) return `${bytes} bytes`;
  const [unit, name] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return `${(bytes / unit).toLocaleString(undefined, { maximumSignificantDigits: 3 })} ${name}`;
}

const steps: Readonly<Record<string, string>> = {
  starting: "Getting ready",
  "reading the files": "Reading the files",
  "counting what is popular": "Counting what is popular",
  "weigh what users take again": "Finding out how often people take the same again",
  "find how similar items are found": "Finding out what makes products alike",
  "fit on train and validation": "Learning from all but the last days",
  "score on the test part": "Measuring how well the last days are foretold",
  "fit on everything": "Learning once more, from everything",
};

/** Where training stands, for somebody who never trained anything. */
export function stepWords(step: string): string {
  const [, trial, all] = /^trial (\d+) of (\d+)$/.exec(step) ?? [];
  if (trial !== undefined) return `Trying settings: ${trial} of ${all}`;
  return steps[step] ?? step.charAt(0).toUpperCase() + step.slice(1);
}

const recommenders: Readonly<Record<string, string>> = {
  popularity: "What most people take",
  "recent popularity": "What sells of late",
  "own frequency × recency": "What one took before",
  "item-kNN": "What goes with what one took",
  RP3β: "Walks from product to product",
  oracle: "Whoever drew the lots",
};

/** What a recommender does; nothing for those that only have a name. */
export function recommenderWords(name: string): string | undefined {
  return recommenders[name];
}
