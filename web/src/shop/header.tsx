import { useState } from "react";
import { Link, useLocation } from "wouter";
import { InsideToggle } from "../inside/inside-toggle.tsx";
import { shopClient } from "../shop-client.ts";
import { categoryPath } from "./addresses.ts";
import { countOf } from "./cart.ts";
import { Icon } from "./icons.tsx";
import { SearchBox } from "./search-box.tsx";
import { useCart, useShop } from "./shop-context.tsx";
import { ShopperSwitch } from "./shopper-switch.tsx";
import { useAnswer } from "./use-answer.ts";
import { useShoppers } from "./use-shoppers.ts";
import { wordsOf } from "./words.ts";

interface HeaderProps {
  /** absent in the half that cannot be split further */
  readonly onSplit?: (() => void) | undefined;
}

/** The shop's name, its departments, who is shopping, and the cart. */
export function Header({ onSplit }: HeaderProps) {
  const { hrefOf, openCart, isSplit, side } = useShop();
  const { cart } = useCart();
  const count = countOf(cart);
  return (
    <header className="top" {...(isSplit && { role: "group", "aria-label": `Top, ${side}` })}>
      <div className="top-bar">
        <Link href={hrefOf("/")} className="brand">
          aisle
        </Link>
        <SearchBox />
        <ShopperButton />
        {onSplit && (
          <button
            type="button"
            className="icon-button split-button"
            aria-pressed={isSplit}
            aria-label="Two shoppers side by side"
            title="Two shoppers side by side (S)"
            onClick={onSplit}
          >
            <Icon name="split" />
          </button>
        )}
        {side === "left" && <InsideToggle />}
        <button type="button" className="cart-button" onClick={openCart}>
          <Icon name="cart" />
          <span className="heard">Cart, </span>
          <span className="cart-count" data-empty={count === 0}>
            {count}
          </span>
          <span className="heard">{count === 1 ? " product" : " products"}</span>
        </button>
      </div>
      <Departments />
    </header>
  );
}

function ShopperButton() {
  const { visit } = useShop();
  const [isOpen, setOpen] = useState(false);
  const { nameOf } = useShoppers(visit.userId !== undefined || isOpen);
  const name = visit.userId === undefined ? "New visitor" : nameOf(visit.userId);
  return (
    <>
      <button type="button" className="shopper-button" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <span className="shopper-dot" aria-hidden="true" />
        <span className="heard">Shopping as </span>
        <span className="shopper-name">{name}</span>
      </button>
      {isOpen && <ShopperSwitch onClose={() => setOpen(false)} />}
    </>
  );
}

/** One line of departments, which keeps its height while they are not known. */
function Departments() {
  const { hrefOf, isSplit, side } = useShop();
  const [location] = useLocation();
  const { answer } = useAnswer({
    ...{ scope: "categories", key: "" },
    ask: async (options) => ({ names: await shopClient.categories(options) }),
  });
  if (answer?.names.length === 0) return null;
  return (
    <nav className="departments" aria-label={isSplit ? `Departments, ${side}` : "Departments"}>
      <ul>
        {answer?.names.map((name) => (
          <li key={name}>
            <Link
              href={hrefOf(categoryPath(name))}
              aria-current={location === categoryPath(name) ? "page" : undefined}
            >
              {wordsOf(name)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
