import { type RefObject, useEffect, useRef } from "react";
import { Link } from "wouter";
import { productPath } from "./addresses.ts";
import { Icon } from "./icons.tsx";
import { ProductFacts, useProduct } from "./product.tsx";
import { useShop } from "./shop-context.tsx";
import { Failure } from "./states.tsx";

/** A product beside the shelves, which go on following the shopper meanwhile. The way back closes it. */
export function Peek({ itemId }: { readonly itemId: string }) {
  const { hrefOf } = useShop();
  const product = useProduct(itemId);
  const panel = useRef<HTMLElement>(null);
  useFocusOn(panel, product.answer && itemId);
  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      if (event.key === "Escape" && document.querySelector("dialog[open]") === null) history.back();
    };
    addEventListener("keydown", close);
    return () => removeEventListener("keydown", close);
  }, []);
  return (
    <aside className="peek" aria-label="Product" ref={panel}>
      <div className="peek-bar">
        <Link className="button plain" href={hrefOf(productPath(itemId))} replace>
          <Icon name="open" />
          Whole page
        </Link>
        <button
          type="button"
          className="icon-button"
          aria-label="Close the product"
          onClick={() => history.back()}
        >
          <Icon name="close" />
        </button>
      </div>
      {product.error ? (
        <Failure level={2} error={product.error} retry={product.retry} />
      ) : (
        <ProductFacts item={product.answer} isBeside={true} />
      )}
    </aside>
  );
}

/** Leads whoever reads by keyboard or ear to what has opened, and back when it closes. */
function useFocusOn(panel: RefObject<HTMLElement | null>, shown: string | undefined): void {
  useEffect(() => {
    if (shown === undefined) return;
    const before = document.activeElement;
    panel.current?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [panel, shown]);
}
