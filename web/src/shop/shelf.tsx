import { useAutoAnimate } from "@formkit/auto-animate/react";
import type { ReactNode } from "react";
import { Card, type CardAnswer, type CardItem } from "./card.tsx";
import { useNaming } from "./shop-context.tsx";

export interface ShelfProps {
  readonly heading: ReactNode;
  readonly note?: ReactNode;
  /** `undefined` while nothing is known yet: as many empty places as are expected */
  readonly items: readonly CardItem[] | undefined;
  readonly answer?: CardAnswer | undefined;
  /** a wall has lines of cards, a rail one that is pushed sideways */
  readonly form?: "wall" | "rail";
  readonly placeCount?: number;
  readonly isPending?: boolean;
  readonly opensBeside?: boolean;
}

const rearranging = { duration: 420, easing: "cubic-bezier(0.22, 0.8, 0.24, 1)" };

/** A row of items under a heading. Whoever stays moves to the new place, for those who like movement. */
export function Shelf(props: ShelfProps) {
  const { heading, note, items, form = "rail", isPending = false } = props;
  const { id, labelledBy } = useNaming();
  return (
    <section
      className="shelf"
      data-form={form}
      aria-labelledby={labelledBy}
      aria-busy={isPending || items === undefined}
    >
      <h2 id={id}>{heading}</h2>
      {note}
      <Cards {...props} />
    </section>
  );
}

export function Cards({
  items,
  answer,
  form = "rail",
  placeCount = 6,
  isPending,
  opensBeside,
}: Omit<ShelfProps, "heading">) {
  const [list] = useAutoAnimate<HTMLUListElement>(rearranging);
  return (
    <ul className={`cards ${form}`} ref={list} data-stale={isPending && items !== undefined}>
      {items === undefined
        ? Array.from({ length: placeCount }, (_, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: places are alike
            <li key={`place ${place}`} className="card place" aria-hidden="true">
              <span className="picture" />
              <span className="card-title" />
              <span className="price" />
            </li>
          ))
        : items.map((item, at) => (
            <li key={item.itemId}>
              <Card
                item={item}
                answer={answer}
                isFirst={form === "wall" && at < 6}
                opensBeside={opensBeside ?? false}
              />
            </li>
          ))}
    </ul>
  );
}
