import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { added, type Cart, countOf, readCart, totalOf, withQuantity } from "../../web/src/shop/cart.ts";

const mug = { itemId: "mug", title: "Mug", price: 9.1 };
const lamp = { itemId: "lamp", title: "Lamp", price: 60.2, origin: { recommendationId: "r", position: 3 } };

describe("a cart", () => {
  it("counts the same item once more, in its place, and keeps where it came from", () => {
    const cart = added(added(added([], lamp), mug), { ...lamp, origin: undefined });
    expect(cart.map(({ itemId, quantity }) => [itemId, quantity])).toEqual([
      ["lamp", 2],
      ["mug", 1],
    ]);
    expect(cart[0].origin).toEqual(lamp.origin);
    expect(countOf(cart)).toBe(3);
    expect(totalOf(cart)).toBe(129.5);
  });

  it("lets go of what is taken out, and takes no more than 99", () => {
    expect(withQuantity(added([], mug), "mug", 0)).toEqual([]);
    expect(withQuantity(added([], mug), "mug", 1000)[0].quantity).toBe(99);
    expect(withQuantity(added([], mug), "lamp", 3)).toEqual(added([], mug));
  });

  it("adds what has no price as nothing", () => {
    expect(totalOf(added(added([], mug), { itemId: "x", title: "x" }))).toBe(9.1);
  });

  it("comes out of storage as it went in, without whatever else is there", () => {
    const cart = added(added([], mug), lamp);
    const stored: unknown = JSON.parse(
      JSON.stringify([...cart, { itemId: 3 }, null, { ...mug, quantity: 0 }]),
    );
    expect(readCart(stored)).toEqual(JSON.parse(JSON.stringify(cart)));
    for (const wrong of [undefined, null, "cart", { length: 1 }]) expect(readCart(wrong)).toEqual([]);
  });

  it("is never of fewer than one each, whatever is done to it", () => {
    const act = fc.tuple(fc.constantFrom("a", "b", "c"), fc.option(fc.integer({ min: -3, max: 200 })));
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        const cart = acts.reduce<Cart>(
          (before, [itemId, quantity]) =>
            quantity === null
              ? added(before, { itemId, title: itemId })
              : withQuantity(before, itemId, quantity),
          [],
        );
        expect(readCart(cart)).toEqual(cart);
        expect(new Set(cart.map(({ itemId }) => itemId)).size).toBe(cart.length);
      }),
    );
  });
});
