import { sumOf } from "../prices.ts";

/** Where something was clicked: the answer, and the place in it, from 1. */
export interface Origin {
  readonly recommendationId: string;
  readonly position: number;
}

export interface CartLine {
  readonly itemId: string;
  readonly title: string;
  readonly price?: number | undefined;
  readonly image?: string | undefined;
  /** at least 1 */
  readonly quantity: number;
  readonly origin?: Origin | undefined;
}

export type Cart = readonly CartLine[];

const quantityMax = 99;

/** One more of it; what is there already keeps its place and where it came from. */
export function added(cart: Cart, line: Omit<CartLine, "quantity">): Cart {
  const there = cart.find(({ itemId }) => itemId === line.itemId);
  return there ? withQuantity(cart, line.itemId, there.quantity + 1) : [...cart, { ...line, quantity: 1 }];
}

/** 0 takes it out. */
export function withQuantity(cart: Cart, itemId: string, quantity: number): Cart {
  const kept = Math.min(Math.max(Math.trunc(quantity), 0), quantityMax);
  return cart.flatMap((line) => {
    if (line.itemId !== itemId) return [line];
    return kept === 0 ? [] : [{ ...line, quantity: kept }];
  });
}

export function countOf(cart: Cart): number {
  return cart.reduce((count, { quantity }) => count + quantity, 0);
}

/** What has no price counts nothing. */
export function totalOf(cart: Cart): number {
  return sumOf(cart.map(({ price = 0, quantity }) => price * quantity));
}

/** A cart out of storage, which anything may have written to: lines that are none are left out. */
export function readCart(stored: unknown): Cart {
  return Array.isArray(stored) ? stored.filter(isLine) : [];
}

function isLine(value: unknown): value is CartLine {
  if (typeof value !== "object" || value === null) return false;
  const { itemId, title, price, image, quantity, origin } = value as Record<string, unknown>;
  return (
    typeof itemId === "string" &&
    typeof title === "string" &&
    (price === undefined || (typeof price === "number" && price >= 0)) &&
    (image === undefined || typeof image === "string") &&
    Number.isInteger(quantity) &&
    (quantity as number) >= 1 &&
    (quantity as number) <= quantityMax &&
    (origin === undefined || (typeof origin === "object" && origin !== null))
  );
}
