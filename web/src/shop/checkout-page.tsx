import { useEffect, useRef, useState } from "react";
import { formatPrice } from "../prices.ts";
import { currency } from "../settings.ts";
import { totalOf } from "./cart.ts";
import { CartLines } from "./cart-drawer.tsx";
import { newId } from "./new-id.ts";
import { useCart, useNaming, useShop, useShopNavigation } from "./shop-context.tsx";
import { Nothing } from "./states.tsx";
import { keepOrder } from "./storage.ts";

/** From a cart to an order, which is an event for each product and nothing else: no money is asked for here. */
export function CheckoutPage() {
  const { id, labelledBy } = useNaming();
  const { cart } = useCart();
  const { isPlacing, place } = useOrdering();
  if (cart.length === 0) {
    return (
      <Nothing title="Your cart is empty">
        <p>Put something in, and come back.</p>
      </Nothing>
    );
  }
  return (
    <section className="checkout" aria-labelledby={labelledBy}>
      <h1 id={id}>Checkout</h1>
      <CartLines />
      <p className="cart-total">
        <span>Total</span>
        <strong>{formatPrice(totalOf(cart), { currency })}</strong>
      </p>
      <p className="quiet">
        A demonstration: nothing is charged or sent. The order teaches the shop what you buy.
      </p>
      <button type="button" className="button" disabled={isPlacing} onClick={() => void place()}>
        Place the order
      </button>
    </section>
  );
}

/** Tells that a checkout has started, once, and of the order when it is placed. */
function useOrdering() {
  const { visit } = useShop();
  const { cart, change } = useCart();
  const go = useShopNavigation();
  const isTold = useRef(false);
  const [isPlacing, setPlacing] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a checkout starts once, with what the cart then holds
  useEffect(() => {
    document.title = "Checkout · aisle";
    if (isTold.current || cart.length === 0) return;
    isTold.current = true;
    void visit.record(cart.map(({ itemId, origin }) => ({ eventType: "StartCheckout", itemId, origin })));
  }, []);
  const place = async () => {
    setPlacing(true);
    const orderId = newId().slice(0, 8).toUpperCase();
    keepOrder(orderId, cart);
    await visit.record(
      cart.map(({ itemId, origin, price, quantity }) => ({
        ...{ eventType: "Purchase" as const, itemId, origin, orderId },
        value: price === undefined ? undefined : price * quantity,
      })),
    );
    go(`/order/${orderId}`);
    change(() => []);
  };
  return { isPlacing, place };
}
