import { type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Route, Switch, useLocation, useSearchParams } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { idOf, searchText } from "./addresses.ts";
import { type PageState, shownPath, wide } from "./beside.ts";
import { CartDrawer } from "./cart-drawer.tsx";
import { CategoryPage } from "./category-page.tsx";
import { CheckoutPage } from "./checkout-page.tsx";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { HomePage } from "./home.tsx";
import { OrderPage } from "./order-page.tsx";
import { Peek } from "./peek.tsx";
import { ProductPage } from "./product-page.tsx";
import { SearchPage } from "./search-page.tsx";
import { ShopProvider, type ShopWindow } from "./shop-context.tsx";
import { Nothing } from "./states.tsx";
import { keepShopper, type Side } from "./storage.ts";
import { visitOf } from "./visit.ts";

interface FrameProps {
  readonly side: Side;
  readonly isSplit: boolean;
  readonly onSplit?: () => void;
  /** the right half is told who shops there; the left one reads it in the address */
  readonly beside?:
    | {
        readonly userId: string | undefined;
        readonly choose: (userId: string | undefined) => void;
      }
    | undefined;
}

/** A whole shop for one shopper: header, pages, cart. */
export function ShopWindowFrame({ side, isSplit, onSplit, beside }: FrameProps) {
  const [isCartOpen, setCartOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  useTopOfWindow(frame);
  const openCart = useCallback(() => setCartOpen(true), []);
  const peeked = usePeek(side === "left" && !isSplit);
  const isPeeking = peeked !== undefined;
  const chosen = useWindow({ side, isSplit, beside }, openCart);
  const shop = useMemo(() => ({ ...chosen, isPeeking }), [chosen, isPeeking]);
  return (
    <ShopProvider value={shop}>
      <div
        className="window"
        ref={frame}
        data-peek={isPeeking}
        {...(isSplit && {
          role: "region",
          "aria-label": `The shop of ${shop.visit.userId ?? "a new visitor"}, ${side}`,
        })}
      >
        {isSplit && (
          <span id={`${side}-window`} hidden>
            {side}
          </span>
        )}
        <Header onSplit={onSplit} />
        <div
          className="page"
          id={side === "left" ? "main" : undefined}
          role={isSplit ? undefined : "main"}
          tabIndex={-1}
        >
          <Pages location={isPeeking ? "/" : undefined} />
        </div>
        {peeked !== undefined && <Peek itemId={peeked} />}
        {!isSplit && <Footer />}
      </div>
      {isCartOpen && <CartDrawer onClose={() => setCartOpen(false)} />}
    </ShopProvider>
  );
}

function Pages({ location }: { readonly location: string | undefined }) {
  useTopOfNewPages();
  return (
    <Switch {...(location !== undefined && { location })}>
      <Route path="/">
        <HomePage />
      </Route>
      <Route path="/product/:id">
        {({ id }) => withId(id, (itemId) => <ProductPage key={itemId} itemId={itemId} />)}
      </Route>
      <Route path="/category/:name">
        {({ name }) => withId(name, (category) => <CategoryPage key={category} category={category} />)}
      </Route>
      <Route path="/search">
        <SearchPage />
      </Route>
      <Route path="/checkout">
        <CheckoutPage />
      </Route>
      <Route path="/order/:id">{({ id }) => withId(id, (orderId) => <OrderPage orderId={orderId} />)}</Route>
      <Route>
        <NoSuchPage />
      </Route>
    </Switch>
  );
}

function withId(segment: string | undefined, page: (id: string) => ReactNode) {
  const id = idOf(segment);
  return id === undefined ? <NoSuchPage /> : page(id);
}

function NoSuchPage() {
  return (
    <Nothing title="There is no such page">
      <p>The shop begins at its name above.</p>
    </Nothing>
  );
}

function useWindow(
  { side, isSplit, beside }: FrameProps,
  openCart: () => void,
): Omit<ShopWindow, "isPeeking"> {
  const [search, setSearch] = useSearchParams();
  const userId = beside ? beside.userId : (search.get("shopper") ?? undefined) || undefined;
  const other = search.get("beside");
  const chooseBeside = beside?.choose;
  const choose = useCallback(
    (chosen: string | undefined) => {
      if (chooseBeside) return chooseBeside(chosen);
      keepShopper(chosen);
      setSearch((last) => {
        const next = new URLSearchParams(last);
        next.delete("shopper");
        if (chosen !== undefined) next.set("shopper", chosen);
        return next;
      });
    },
    [chooseBeside, setSearch],
  );
  const isLeft = side === "left";
  return useMemo(
    () => ({
      ...{ side, isSplit, choose, openCart, visit: visitOf(side, userId) },
      hrefOf: (path, own = new URLSearchParams()) => {
        const carried = new URLSearchParams(own);
        if (isLeft && userId !== undefined) carried.set("shopper", userId);
        if (isLeft && other !== null) carried.set("beside", other);
        return path + searchText(carried);
      },
    }),
    [side, isSplit, choose, openCart, userId, other, isLeft],
  );
}

/** The product that is shown beside the home page, where there is room for both. */
function usePeek(isPossible: boolean): string | undefined {
  const [location] = useLocation();
  const state = useHistoryState<PageState | null>();
  const isWide = useWide();
  const segment = /^\/product\/([^/]+)$/.exec(location)?.[1];
  return isPossible && isWide && state?.beside === true && segment !== undefined ? idOf(segment) : undefined;
}

function useWide(): boolean {
  const [isWide, setWide] = useState(wide.matches);
  useEffect(() => {
    const onChange = () => setWide(wide.matches);
    wide.addEventListener("change", onChange);
    return () => wide.removeEventListener("change", onChange);
  }, []);
  return isWide;
}

/**
 * A page that was gone to begins at its top, and is where the keyboard goes on; one that was come back to is where it
 * was. A filter, a shopper or a product beside the page is no other page.
 */
function useTopOfNewPages(): void {
  useEffect(() => {
    let shown = shownPath();
    const note = () => {
      shown = shownPath();
    };
    const toTop = () => {
      const isOther = shownPath() !== shown;
      note();
      if (!isOther) return;
      scrollTo({ top: 0, behavior: "instant" });
      document.getElementById("main")?.focus({ preventScroll: true });
    };
    addEventListener("pushState", toTop);
    addEventListener("replaceState", toTop);
    addEventListener("popstate", note);
    return () => {
      removeEventListener("pushState", toTop);
      removeEventListener("replaceState", toTop);
      removeEventListener("popstate", note);
    };
  }, []);
}

/** One of two windows scrolls by itself. */
function useTopOfWindow(frame: RefObject<HTMLElement | null>): void {
  const [path] = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page begins at its top
  useEffect(() => {
    frame.current?.scrollTo({ top: 0, behavior: "instant" });
  }, [frame, path]);
}
