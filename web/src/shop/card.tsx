import type { MouseEvent } from "react";
import { Link } from "wouter";
import { WhyButton } from "../inside/why-button.tsx";
import { formatPrice } from "../prices.ts";
import { currency } from "../settings.ts";
import type { Answer } from "../shop-client.ts";
import { productPath } from "./addresses.ts";
import { type PageState, wide } from "./beside.ts";
import { added, type Origin } from "./cart.ts";
import { Icon } from "./icons.tsx";
import { Picture } from "./picture.tsx";
import { useCart, useShop } from "./shop-context.tsx";

/** What a card shows. */
export interface CardItem {
  readonly itemId: string;
  /** from 1, in the answer that it is from */
  readonly rank?: number | undefined;
  readonly title: string;
  readonly price?: number | undefined;
  readonly category?: string | undefined;
  readonly image?: string | undefined;
}

export type CardAnswer = Pick<Answer, "recommendationId" | "model" | "source">;

export interface CardProps {
  readonly item: CardItem;
  /** where it was recommended; a search's find is not */
  readonly answer?: CardAnswer | undefined;
  readonly isFirst?: boolean;
  /** may its page open beside this one? */
  readonly opensBeside?: boolean;
}

/** An item on a shelf: a link to its page, and a button that puts it into the cart. */
export function Card({ item, answer, isFirst = false, opensBeside = false }: CardProps) {
  const { visit, hrefOf, isPeeking } = useShop();
  const { itemId, title } = item;
  const origin = originOf(item, answer);
  const open = (event: MouseEvent) => {
    if (event.defaultPrevented) return;
    visit.opened = itemId;
    void visit.record([{ eventType: "View", itemId, origin }]);
  };
  return (
    <div className="card">
      <Link
        href={hrefOf(productPath(itemId))}
        className="card-link"
        onClick={open}
        state={opensBeside && wide.matches ? ({ beside: true } satisfies PageState) : null}
        replace={isPeeking}
      >
        <Picture itemId={itemId} title={title} image={item.image} isFirst={isFirst} />
        <span className="card-title">{title}</span>
        <Price price={item.price} />
      </Link>
      <div className="card-actions">
        {answer && (
          <WhyButton
            itemId={itemId}
            answer={answer}
            userId={visit.userId}
            sessionId={visit.asker.sessionId}
          />
        )}
        <AddButton item={item} origin={origin} />
      </div>
    </div>
  );
}

export function Price({ price }: { readonly price: number | undefined }) {
  return <span className="price">{price === undefined ? "" : formatPrice(price, { currency })}</span>;
}

function AddButton({ item, origin }: { readonly item: CardItem; readonly origin: Origin | undefined }) {
  const add = useAddToCart();
  return (
    <button
      type="button"
      className="card-add"
      aria-label={`Add to cart: ${item.title}`}
      onClick={() => add(item, origin)}
    >
      <Icon name="plus" />
    </button>
  );
}

/** Puts an item into the cart and tells the server so. */
export function useAddToCart(): (item: CardItem, origin: Origin | undefined) => void {
  const { visit } = useShop();
  const { change } = useCart();
  return ({ itemId, title, price, image }, origin) => {
    change((cart) => added(cart, { itemId, title, price, image, origin }));
    void visit.record([{ eventType: "AddToCart", itemId, origin }]);
  };
}

function originOf({ rank }: CardItem, answer: CardAnswer | undefined): Origin | undefined {
  return answer && rank !== undefined
    ? { recommendationId: answer.recommendationId, position: rank }
    : undefined;
}

/** Rows of an answer as cards show them; an item that the catalogue does not know has its id for a title. */
export function cardItems(rows: Answer["items"]): CardItem[] {
  return rows.map(({ itemId, rank, item }) => ({
    ...{ itemId, rank, title: item?.title ?? itemId },
    ...{ price: item?.price, category: item?.category, image: item?.image },
  }));
}
