import { useEffect } from "react";
import { useObservable } from "../observable.ts";
import { formatPrice, sumOf } from "../prices.ts";
import { currency } from "../settings.ts";
import { AisleError, type Answer, shopClient } from "../shop-client.ts";
import { type CardAnswer, type CardItem, cardItems, useAddToCart } from "./card.tsx";
import { distinctRows } from "./distinct.ts";
import { modelEpoch } from "./model-watch.ts";
import { Picture } from "./picture.tsx";
import { ProductFacts, useProduct } from "./product.tsx";
import { shelfCount } from "./questions.ts";
import { Shelf } from "./shelf.tsx";
import { useNaming, useShop } from "./shop-context.tsx";
import { Failure, Nothing } from "./states.tsx";
import { useAnswer } from "./use-answer.ts";

/** One product: what it is, what goes with it, what is like it. */
export function ProductPage({ itemId }: { readonly itemId: string }) {
  const product = useProduct(itemId);
  const title = product.answer?.title;
  useEffect(() => {
    if (title !== undefined) document.title = `${title} · aisle`;
  }, [title]);
  if (product.error instanceof AisleError && product.error.status === 404) {
    return (
      <Nothing title="This is not on sale">
        <p>The shop has no product by that name any more.</p>
      </Nothing>
    );
  }
  if (product.error) return <Failure error={product.error} retry={product.retry} />;
  return (
    <>
      <ProductFacts item={product.answer} />
      <ProductShelves itemId={itemId} own={product.answer} />
    </>
  );
}

interface Own {
  readonly title: string;
  readonly price?: number | undefined;
  readonly image?: string | undefined;
}

function ProductShelves({ itemId, own }: { readonly itemId: string; readonly own: Own | undefined }) {
  const { together, similar, personal } = useProductRows(itemId);
  const isSettled = [together, similar, personal].every(({ answer, isPending }) => answer || !isPending);
  if (!isSettled) return <Shelf heading={<span className="heading-place" />} items={undefined} />;
  const companions = cardItems(together.answer?.items ?? []).slice(0, companionsMax);
  const chosen = distinctRows(
    [
      { key: "similar", items: cardItems(similar.answer?.items ?? []), countMax: shelfCount },
      { key: "personal", items: cardItems(personal.answer?.items ?? []), countMax: shelfCount },
    ],
    [itemId, ...companions.map((companion) => companion.itemId)],
  );
  const like = chosen.get("similar");
  const yours = chosen.get("personal");
  return (
    <>
      {own && together.answer && companions.length > 0 && (
        <Together own={{ ...own, itemId }} companions={companions} answer={together.answer} />
      )}
      {like && <Shelf heading="More like this" items={like} answer={similar.answer} />}
      {yours && <Shelf heading="For you" items={yours} answer={personal.answer} />}
    </>
  );
}

const companionsMax = 3;

function useProductRows(itemId: string) {
  const { side, visit } = useShop();
  const epoch = useObservable(modelEpoch);
  const revision = useObservable(visit.revision);
  const scope = (row: string) => JSON.stringify([side, row, itemId]);
  const key = JSON.stringify([visit.userId, epoch]);
  const together = useAnswer<Answer>({
    ...{ scope: scope("together"), key, label: "Bought together" },
    ask: async (options) => shopClient.boughtTogether(itemId, { numResults: companionsMax }, options),
  });
  const similar = useAnswer<Answer>({
    ...{ scope: scope("similar"), key, label: "More like this" },
    ask: async (options) => shopClient.similar(itemId, { numResults: shelfCount }, options),
  });
  const personal = useAnswer<Answer>({
    ...{ scope: scope("personal"), key: JSON.stringify([key, revision]), label: "For you" },
    ask: (options) =>
      shopClient.recommendations({ ...visit.asker, numResults: shelfCount, explain: true }, options),
  });
  return { together, similar, personal };
}

interface TogetherProps {
  readonly own: CardItem;
  readonly companions: readonly CardItem[];
  readonly answer: CardAnswer;
}

/** What is bought in the same orders, with the sum, and one button for all of it. */
function Together({ own, companions, answer }: TogetherProps) {
  const { id, labelledBy } = useNaming();
  const add = useAddToCart();
  const { openCart } = useShop();
  const all = [own, ...companions];
  const sum = sumOf(all.map(({ price = 0 }) => price));
  const { recommendationId } = answer;
  const addAll = () => {
    add(own, undefined);
    for (const item of companions) add(item, { recommendationId, position: item.rank ?? 1 });
    openCart();
  };
  return (
    <section className="together" aria-labelledby={labelledBy}>
      <h2 id={id}>Bought together</h2>
      <ul className="together-items">
        {all.map(({ itemId, title, image, price }) => (
          <li key={itemId}>
            <Picture itemId={itemId} title={title} image={image} />
            <span className="card-title">{title}</span>
            <span className="price">{price === undefined ? "" : formatPrice(price, { currency })}</span>
          </li>
        ))}
      </ul>
      <p className="together-sum">
        <span>
          {all.length} products for <strong>{formatPrice(sum, { currency })}</strong>
        </span>
        <button type="button" className="button" onClick={addAll}>
          Add all {all.length} to cart
        </button>
      </p>
    </section>
  );
}
