import { useEffect } from "react";
import { useSearchParams } from "wouter";
import type { CardItem } from "./card.tsx";
import { findItems } from "./search-index.ts";
import { Cards } from "./shelf.tsx";
import { useNaming } from "./shop-context.tsx";
import { Failure, Nothing } from "./states.tsx";
import { useAnswer } from "./use-answer.ts";

const countMax = 96;

/** What was searched for. */
export function SearchPage() {
  const { id, labelledBy } = useNaming();
  const [search] = useSearchParams();
  const words = (search.get("q") ?? "").trim().slice(0, 200);
  const found = useAnswer<{ items: CardItem[] }>(
    words === ""
      ? undefined
      : { scope: `search ${words}`, key: "", ask: async () => ({ items: await findItems(words, countMax) }) },
  );
  useEffect(() => {
    document.title = words === "" ? "Search · aisle" : `${words} · aisle`;
  }, [words]);
  if (found.error) return <Failure error={found.error} retry={found.retry} />;
  const items = words === "" ? [] : found.answer?.items;
  return (
    <section aria-labelledby={labelledBy}>
      <header className="page-heading">
        <h1 id={id}>{words === "" ? "Search" : `“${words}”`}</h1>
        <p className="quiet" role="status">
          {items && (items.length === countMax ? `The best ${countMax}` : `${items.length} found`)}
        </p>
      </header>
      {items?.length === 0 ? (
        <Nothing level={2} title={words === "" ? "What are you looking for?" : "Nothing is called that"}>
          <p>Try fewer or other words, such as “lamp”.</p>
        </Nothing>
      ) : (
        <Cards form="wall" items={items} placeCount={12} />
      )}
    </section>
  );
}
