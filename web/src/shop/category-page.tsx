import { useEffect } from "react";
import { useSearchParams } from "wouter";
import { useObservable } from "../observable.ts";
import { type Answer, type ItemPage, shopClient } from "../shop-client.ts";
import { type CardItem, cardItems } from "./card.tsx";
import { Facets } from "./facet-list.tsx";
import { choiceOf, chosenItems, type Faceted } from "./facets.ts";
import { modelEpoch } from "./model-watch.ts";
import { isNewcomer } from "./questions.ts";
import { Cards } from "./shelf.tsx";
import { useNaming, useShop } from "./shop-context.tsx";
import { Failure, Nothing } from "./states.tsx";
import { type Asked, useAnswer } from "./use-answer.ts";
import { wordsOf } from "./words.ts";

type Shown = CardItem & Faceted;

/** The API gives so many at once. */
const countMax = 500;

/** Everything of a category, in the order that suits the shopper, narrowed by what they choose. */
export function CategoryPage({ category }: { readonly category: string }) {
  const { id, labelledBy } = useNaming();
  const { ranked, page } = useCategory(category);
  const [search, setSearch] = useSearchParams();
  const choice = choiceOf(search);
  useEffect(() => {
    document.title = `${wordsOf(category)} · aisle`;
  }, [category]);
  const error = ranked.error ?? page.error;
  if (error && (ranked.answer === undefined || page.answer === undefined)) {
    return <Failure error={error} retry={ranked.error ? ranked.retry : page.retry} />;
  }
  const all = ranked.answer && page.answer && withStyles(ranked.answer, page.answer);
  const shown = all && chosenItems(all, choice);
  return (
    <section className="category" aria-labelledby={labelledBy}>
      <header className="page-heading">
        <h1 id={id}>{wordsOf(category)}</h1>
        <p className="quiet" role="status">
          {shown && `${shown.length} of ${all.length} products, ${orderWords(ranked.answer)}`}
        </p>
      </header>
      <Facets items={all ?? []} choice={choice} search={search} setSearch={setSearch} />
      {shown?.length === 0 ? (
        <Nothing level={2} title="Nothing fits all of that">
          <p>Take a filter away, and products come back.</p>
        </Nothing>
      ) : (
        <Cards
          key={search.toString()}
          form="wall"
          items={shown}
          placeCount={18}
          answer={ranked.answer}
          isPending={ranked.isPending}
        />
      )}
    </section>
  );
}

function orderWords(answer: Answer | undefined): string {
  const isOwn = answer?.source === "als" || answer?.source === "fold-in";
  return isOwn ? "yours first" : "the most popular first";
}

function useCategory(category: string): { ranked: Asked<Answer>; page: Asked<ItemPage> } {
  const { side, visit } = useShop();
  const epoch = useObservable(modelEpoch);
  const state = useObservable(visit.state);
  const revision = useObservable(visit.revision);
  const { userId, asker } = visit;
  const isNew = isNewcomer(userId, state);
  const narrowed = { category, numResults: countMax };
  const ranked = useAnswer<Answer>({
    scope: JSON.stringify([side, "category", category]),
    key: JSON.stringify([userId, asker.sessionId, revision, epoch]),
    label: wordsOf(category),
    ask: (options) =>
      isNew
        ? shopClient.popular(narrowed, options)
        : shopClient.recommendations({ ...asker, ...narrowed, hide: "none" }, options),
  });
  const page = useAnswer<ItemPage>({
    ...{ scope: `items of ${category}`, key: String(epoch) },
    ask: (options) => shopClient.items({ category, pageSize: countMax }, options),
  });
  return { ranked, page };
}

/** The order is the answer's; what facets need to know is the catalogue's. */
function withStyles(answer: Answer, { items }: ItemPage): Shown[] {
  const styles = new Map(items.map(({ itemId, attributes }) => [itemId, attributes.style]));
  return cardItems(answer.items).map((item) => {
    const style = styles.get(item.itemId);
    return { ...item, ...(typeof style === "string" && { style }) };
  });
}
