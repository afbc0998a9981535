import { useEffect, useMemo, useState } from "react";
import { Router, useSearchParams } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { ShopWindowFrame } from "./shop-window.tsx";
import { StatusPill } from "./status-pill.tsx";
import { keepShopper, keptShopper } from "./storage.ts";

/** The shop: one window, or two side by side with a shopper each, whom the address names. */
export function Shop() {
  const [search, setSearch] = useSearchParams();
  const beside = search.get("beside");
  useChosenShopper(search);
  const toggle = () => {
    const next = new URLSearchParams(search);
    if (beside === null) next.set("beside", "");
    else next.delete("beside");
    setSearch(next);
  };
  useSplitKey(toggle);
  const chooseBeside = (userId: string | undefined) =>
    setSearch(
      (last) => new URLSearchParams([...new URLSearchParams(last), ["beside", userId ?? ""]].filter(lastOf)),
    );
  return (
    <>
      <a className="skip" href="#main">
        Skip to the products
      </a>
      {/* What is the main part of the page differs with the number of windows; the elements stay, and with them
          everything in them. */}
      <div
        className={beside === null ? "windows" : "windows two"}
        role={beside === null ? undefined : "main"}
      >
        <ShopWindowFrame side="left" isSplit={beside !== null} onSplit={toggle} />
        {beside !== null && <Beside userId={beside === "" ? undefined : beside} choose={chooseBeside} />}
      </div>
      <StatusPill />
    </>
  );
}

/** Of a name that is there twice, only what was said last. */
function lastOf([name]: string[], at: number, all: string[][]): boolean {
  return all.findLastIndex(([other]) => other === name) === at;
}

interface BesideProps {
  readonly userId: string | undefined;
  readonly choose: (userId: string | undefined) => void;
}

/** The right half walks through the shop by itself: its pages are no part of the address. */
function Beside({ userId, choose }: BesideProps) {
  const [memory] = useState(() => memoryLocation({ path: "/" }));
  const hook = useMemo(() => memory.hook, [memory]);
  return (
    <Router hook={hook}>
      <ShopWindowFrame side="right" isSplit={true} beside={{ userId, choose }} />
    </Router>
  );
}

/** An address that names nobody means whoever was chosen last, and says so from then on. */
function useChosenShopper(search: URLSearchParams): void {
  const named = search.get("shopper");
  useEffect(() => {
    if (named !== null && named !== "") keepShopper(named);
  }, [named]);
  useEffect(() => {
    const kept = keptShopper();
    if (new URLSearchParams(location.search).has("shopper") || kept === undefined) return;
    const next = new URLSearchParams(location.search);
    next.set("shopper", kept);
    history.replaceState(history.state, "", `${location.pathname}?${next}`);
  }, []);
}

/** The key S, where nobody is writing. */
function useSplitKey(toggle: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      if (document.querySelector("dialog[open]") !== null) return;
      if (event.key === "s" || event.key === "S") toggle();
      if (event.key === "/") {
        event.preventDefault();
        document.querySelector<HTMLInputElement>(".search input")?.focus();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null
  );
}
