import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { type Item, shopClient } from "../shop-client.ts";
import { categoryPath } from "./addresses.ts";
import { Price, useAddToCart } from "./card.tsx";
import { Icon } from "./icons.tsx";
import { Picture } from "./picture.tsx";
import { useShop } from "./shop-context.tsx";
import { type Asked, useAnswer } from "./use-answer.ts";
import { wordsOf } from "./words.ts";

/** The item of a product's page, whose view is told once. */
export function useProduct(itemId: string): Asked<Item> {
  const { visit } = useShop();
  const told = useRef<string>(undefined);
  useEffect(() => {
    if (told.current === itemId) return;
    told.current = itemId;
    // The click that led here was the view.
    if (visit.opened !== itemId) void visit.record([{ eventType: "View", itemId }]);
    visit.opened = undefined;
  }, [itemId, visit]);
  return useAnswer<Item>({
    ...{ scope: `item ${itemId}`, key: "", label: "The product" },
    ask: async (options) => shopClient.item(itemId, options),
  });
}

export interface ProductFactsProps {
  readonly item: Item | undefined;
  readonly isBeside?: boolean;
}

/** An item's picture, words and price, and the button that puts it into the cart. */
export function ProductFacts({ item, isBeside = false }: ProductFactsProps) {
  const { hrefOf } = useShop();
  const Heading = isBeside ? "h2" : "h1";
  if (item === undefined) return <ProductPlace />;
  const { itemId, title, description, category, price, image } = item;
  return (
    <article className="product" data-beside={isBeside}>
      <div className="product-picture">
        <Picture key={itemId} itemId={itemId} title={title} image={image} isFirst={true} />
      </div>
      <div className="product-words">
        {category && (
          <Link className="product-category" href={hrefOf(categoryPath(category))}>
            {wordsOf(category)}
          </Link>
        )}
        <Heading className="product-title" tabIndex={-1}>
          {title}
        </Heading>
        <p className="product-price">
          <Price price={price} />
        </p>
        <AddToCart item={item} />
        {description && <p className="product-description">{description}</p>}
        <Attributes item={item} />
      </div>
    </article>
  );
}

function AddToCart({ item }: { readonly item: Item }) {
  const add = useAddToCart();
  const { openCart } = useShop();
  const toCart = () => {
    add(item, undefined);
    openCart();
  };
  return (
    <button type="button" className="button add-to-cart" onClick={toCart}>
      <Icon name="cart" />
      Add to cart
    </button>
  );
}

function Attributes({ item: { attributes } }: { readonly item: Item }) {
  const entries = Object.entries(attributes).filter(([, value]) => value !== "");
  if (entries.length === 0) return null;
  return (
    <dl className="attributes">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{wordsOf(name)}</dt>
          <dd>{typeof value === "string" ? wordsOf(value) : value}</dd>
        </div>
      ))}
    </dl>
  );
}

function ProductPlace() {
  return (
    <div className="product place" aria-hidden="true">
      <div className="product-picture">
        <span className="picture" />
      </div>
      <div className="product-words">
        <span className="heading-place" />
        <span className="facts-place" />
      </div>
    </div>
  );
}
