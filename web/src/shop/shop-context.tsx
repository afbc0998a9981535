import { createContext, useContext, useId } from "react";
import { useLocation } from "wouter";
import { useObservable } from "../observable.ts";
import { allCarts, type Cart, cartOf, changeCart } from "./carts.ts";
import type { Side } from "./storage.ts";
import type { Visit } from "./visit.ts";

/** One shop window: a side of the screen with its shopper. */
export interface ShopWindow {
  readonly side: Side;
  readonly visit: Visit;
  readonly isSplit: boolean;
  /** is a product open beside the page? Another one then takes its place */
  readonly isPeeking: boolean;
  /** shows the shop to another shopper, or to a new visitor */
  readonly choose: (userId: string | undefined) => void;
  /** the address of a page of the shop for the same shopper */
  readonly hrefOf: (path: string, search?: URLSearchParams) => string;
  readonly openCart: () => void;
}

const ShopContext = createContext<ShopWindow | undefined>(undefined);
export const ShopProvider = ShopContext.Provider;

export function useShop(): ShopWindow {
  const shop = useContext(ShopContext);
  if (shop === undefined) throw new Error("there is no shop around this component");
  return shop;
}

/** The id for a heading, and what names its region after it: in two windows, after the window too. */
export function useNaming(): { readonly id: string; readonly labelledBy: string } {
  const id = useId();
  const { isSplit, side } = useShop();
  return { id, labelledBy: isSplit ? `${id} ${side}-window` : id };
}

/** Goes to a page of the shop, with whatever the address has to carry. */
export function useShopNavigation(): (path: string, search?: URLSearchParams) => void {
  const [, navigate] = useLocation();
  const { hrefOf } = useShop();
  return (path, search) => navigate(hrefOf(path, search));
}

export function useCart(): { readonly cart: Cart; readonly change: (to: (cart: Cart) => Cart) => void } {
  const { side, visit } = useShop();
  const cart = cartOf(useObservable(allCarts), side, visit.userId);
  return { cart, change: (to) => changeCart(side, visit.userId, to) };
}
