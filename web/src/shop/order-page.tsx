import { useEffect } from "react";
import { useObservable } from "../observable.ts";
import { formatPrice } from "../prices.ts";
import { currency } from "../settings.ts";
import { type Answer, shopClient } from "../shop-client.ts";
import { cardItems } from "./card.tsx";
import { readCart, totalOf } from "./cart.ts";
import { distinctRows } from "./distinct.ts";
import { Icon } from "./icons.tsx";
import { shelfCount } from "./questions.ts";
import { Shelf } from "./shelf.tsx";
import { useNaming, useShop } from "./shop-context.tsx";
import { keptOrder } from "./storage.ts";
import { useAnswer } from "./use-answer.ts";

/** What was ordered, and how the shop goes on from there. */
export function OrderPage({ orderId }: { readonly orderId: string }) {
  const { id, labelledBy } = useNaming();
  const { side, visit } = useShop();
  const order = readCart(keptOrder(orderId));
  const revision = useObservable(visit.revision);
  useEffect(() => {
    document.title = "Order · aisle";
  }, []);
  const { answer } = useAnswer<Answer>({
    ...{
      scope: `${side} after an order`,
      key: JSON.stringify([visit.userId, revision]),
      label: "After an order",
    },
    ask: (options) => shopClient.recommendations({ ...visit.asker, numResults: shelfCount }, options),
  });
  const rows = [{ key: "next", items: cardItems(answer?.items ?? []), countMax: shelfCount }];
  const next = distinctRows(
    rows,
    order.map(({ itemId }) => itemId),
  ).get("next");
  return (
    <>
      <section className="order" aria-labelledby={labelledBy}>
        <Icon name="check" />
        <h1 id={id}>{order.length > 0 ? "Thank you, that is ordered" : "This order is not known here"}</h1>
        <p className="quiet">
          Order {orderId}
          {order.length > 0 && ` · ${formatPrice(totalOf(order), { currency })}`}
        </p>
        <ul className="order-lines">
          {order.map(({ itemId, title, quantity }) => (
            <li key={itemId}>
              {quantity} × {title}
            </li>
          ))}
        </ul>
      </section>
      {next && answer && <Shelf heading="For you, from here" items={next} answer={answer} />}
    </>
  );
}
