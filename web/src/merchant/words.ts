import { currency } from "../settings.ts";

const locale = navigator.language;
const plain = new Intl.NumberFormat(locale);
const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const money = new Intl.NumberFormat(
  locale,
  currency === "" ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { style: "currency", currency },
);

export interface Range {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export const number = (value: number): string => plain.format(value);
export const onDay = (iso: string): string => day.format(new Date(iso));
export const atMoment = (iso: string): string => moment.format(new Date(iso));
export const price = (value: number): string => money.format(value);

/** 0.0412 → "4.1 %" */
export function percent(share: number, digits = 1): string {
  return `${plainDigits(100 * share, digits)} %`;
}

/** "+12 %", "−3.4 %" */
export function signed(share: number): string {
  return `${share < 0 ? "−" : "+"}${percent(Math.abs(share), Math.abs(share) < 0.1 ? 1 : 0)}`;
}

/** "+9 % to +15 %" */
export function signedRange({ low, high }: Range): string {
  return `${signed(low)} to ${signed(high)}`;
}

function plainDigits(value: number, digits: number): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

/** What stands above rows of each kind in a shop. */
const kinds: Readonly<Record<string, string>> = {
  als: "For you",
  "fold-in": "For you, by this visit",
  similar: "Similar products",
  "bought-together": "Bought together",
  "also-viewed": "Also viewed",
  trending: "Trending",
  popular: "Bestsellers",
  content: "New products",
  promoted: "Promoted",
  pinned: "Pinned",
  exploration: "New, to try out",
};

export const kindOfRow = (source: string): string => kinds[source] ?? source;

/** Recommenders that models are held against. */
const recommenders: Readonly<Record<string, string>> = {
  popularity: "Bestsellers",
  "recent-popularity": "Recent bestsellers",
  "item-knn": "Similar to what was bought",
  rp3beta: "Walks over products",
  "own-history": "The shopper's own past",
  oracle: "The best that is possible here",
};

export const nameOfRecommender = (slug: string): string => recommenders[slug] ?? slug;

const actions: Readonly<Record<string, string>> = {
  promote: "Made live",
  rollback: "Went back",
  catalog: "New catalogue",
  rules: "New rules",
  hold: "Held by the checks",
};

export const nameOfAction = (action: string): string => actions[action] ?? action;
