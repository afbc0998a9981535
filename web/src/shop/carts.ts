import { Observable } from "../observable.ts";
import { type Cart, readCart } from "./cart.ts";

export type { Cart };

import { cartsKey, keepCarts, keptCarts, type Side } from "./storage.ts";

type Carts = Readonly<Record<string, Cart>>;

/** Every shopper's cart on this machine; other tabs see a change at once. */
const carts = new Observable<Carts>(readCarts());

addEventListener("storage", ({ key }) => {
  if (key === cartsKey || key === null) carts.set(readCarts());
});

function readCarts(): Carts {
  return Object.fromEntries(Object.entries(keptCarts()).map(([key, stored]) => [key, readCart(stored)]));
}

/** Two new visitors side by side are two, with a cart each. */
function keyOf(side: Side, userId: string | undefined): string {
  return userId === undefined ? side : `shopper ${userId}`;
}

const nothing: Cart = [];

export const allCarts = carts;

export function cartOf(all: Carts, side: Side, userId: string | undefined): Cart {
  return all[keyOf(side, userId)] ?? nothing;
}

/** Replaces a cart by what `change` makes of it. */
export function changeCart(side: Side, userId: string | undefined, change: (cart: Cart) => Cart): void {
  const key = keyOf(side, userId);
  const { [key]: before = nothing, ...others } = carts.value;
  const after = change(before);
  const next = after.length === 0 ? others : { ...others, [key]: after };
  keepCarts(next);
  carts.set(next);
}
