import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { useObservable } from "../observable.ts";
import { formatPrice } from "../prices.ts";
import { currency } from "../settings.ts";
import { type Answer, shopClient } from "../shop-client.ts";
import { productPath } from "./addresses.ts";
import { type CardItem, cardItems, Price, useAddToCart } from "./card.tsx";
import { type CartLine, totalOf, withQuantity } from "./cart.ts";
import { distinctRows } from "./distinct.ts";
import { Icon } from "./icons.tsx";
import { Picture } from "./picture.tsx";
import { useCart, useNaming, useShop } from "./shop-context.tsx";
import { useAnswer } from "./use-answer.ts";

const suggestedMax = 6;

/** The cart, over the page, with what else might go into it. */
export function CartDrawer({ onClose }: { readonly onClose: () => void }) {
  const { visit, hrefOf } = useShop();
  const { cart } = useCart();
  const dialog = useRef<HTMLDialogElement>(null);
  const isTold = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cart is looked at once, when it opens
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
    if (isTold.current || cart.length === 0) return;
    isTold.current = true;
    void visit.record(cart.map(({ itemId, origin }) => ({ eventType: "ViewCart", itemId, origin })));
  }, []);
  return (
    <dialog className="panel cart-panel" ref={dialog} onClose={onClose} aria-labelledby="cart-heading">
      <div className="panel-bar">
        <h2 id="cart-heading">Your cart</h2>
        <button type="button" className="icon-button" aria-label="Close the cart" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {cart.length === 0 ? (
        <p className="cart-empty">Nothing in it yet.</p>
      ) : (
        <>
          <CartLines onLeave={onClose} />
          <p className="cart-total">
            <span>Total</span>
            <strong>{formatPrice(totalOf(cart), { currency })}</strong>
          </p>
          <Link className="button" href={hrefOf("/checkout")} onClick={onClose}>
            Check out
          </Link>
        </>
      )}
      <Suggested onLeave={onClose} />
    </dialog>
  );
}

/** What is in the cart, and how many of it. */
export function CartLines({ onLeave }: { readonly onLeave?: () => void }) {
  const { cart, change } = useCart();
  const { hrefOf } = useShop();
  return (
    <ul className="cart-lines">
      {cart.map((line) => (
        <li key={line.itemId} className="cart-line">
          <Picture itemId={line.itemId} title={line.title} image={line.image} />
          <Link className="cart-title" href={hrefOf(productPath(line.itemId))} onClick={() => onLeave?.()}>
            {line.title}
          </Link>
          <Quantity
            line={line}
            onChange={(quantity) => change((all) => withQuantity(all, line.itemId, quantity))}
          />
          <span className="price">
            {line.price === undefined ? "" : formatPrice(line.price * line.quantity, { currency })}
          </span>
        </li>
      ))}
    </ul>
  );
}

interface QuantityProps {
  readonly line: CartLine;
  readonly onChange: (quantity: number) => void;
}

function Quantity({ line: { title, quantity }, onChange }: QuantityProps) {
  return (
    <span className="quantity">
      <button type="button" aria-label={`One less: ${title}`} onClick={() => onChange(quantity - 1)}>
        <Icon name="minus" />
      </button>
      <span>{quantity}</span>
      <button type="button" aria-label={`One more: ${title}`} onClick={() => onChange(quantity + 1)}>
        <Icon name="plus" />
      </button>
    </span>
  );
}

/** Recommendations without what is in the cart already. */
function Suggested({ onLeave }: { readonly onLeave: () => void }) {
  const { id, labelledBy } = useNaming();
  const { side, visit } = useShop();
  const { cart } = useCart();
  const revision = useObservable(visit.revision);
  const exclude = cart.map(({ itemId }) => itemId);
  const { answer } = useAnswer<Answer>({
    scope: `${side} cart`,
    key: JSON.stringify([visit.userId, exclude, revision]),
    label: "In the cart",
    ask: (options) =>
      shopClient.recommendations({ ...visit.asker, exclude, numResults: suggestedMax }, options),
  });
  const rows = [{ key: "suggested", items: cardItems(answer?.items ?? []), countMax: suggestedMax }];
  const items = distinctRows(rows, exclude).get("suggested");
  if (answer === undefined || items === undefined) return null;
  return (
    <section className="suggested" aria-labelledby={labelledBy}>
      <h3 id={id}>{cart.length > 0 ? "Goes with it" : "You might like"}</h3>
      <ul>
        {items.map((item) => (
          <li key={item.itemId}>
            <SuggestedLine item={item} recommendationId={answer.recommendationId} onLeave={onLeave} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface SuggestedLineProps {
  readonly item: CardItem;
  readonly recommendationId: string;
  readonly onLeave: () => void;
}

function SuggestedLine({ item, recommendationId, onLeave }: SuggestedLineProps) {
  const { visit, hrefOf } = useShop();
  const add = useAddToCart();
  const { itemId, title, image, price } = item;
  const origin = { recommendationId, position: item.rank ?? 1 };
  const open = () => {
    visit.opened = itemId;
    void visit.record([{ eventType: "View", itemId, origin }]);
    onLeave();
  };
  return (
    <>
      <Picture itemId={itemId} title={title} image={image} />
      <Link className="cart-title" href={hrefOf(productPath(itemId))} onClick={open}>
        {title}
      </Link>
      <Price price={price} />
      <button
        type="button"
        className="icon-button"
        aria-label={`Add to cart: ${title}`}
        onClick={() => add(item, origin)}
      >
        <Icon name="plus" />
      </button>
    </>
  );
}
