import type { Summary } from "aisle/admin";
import { Link } from "wouter";
import { Empty, Loaded } from "./states.tsx";
import { useAsked } from "./use-asked.ts";
import { number } from "./words.ts";

/** What nobody is shown: an answer to the sentence's last part. */
export function Products() {
  const asked = useAsked<Summary>("summary");
  return (
    <>
      <div className="title">
        <h1>Products that are never shown</h1>
      </div>
      <Loaded asked={asked} lines={6}>
        {({ figures: { products } }) =>
          products === undefined || products.neverShown === 0 ? (
            <Empty title="Every product is shown to somebody" />
          ) : (
            <NeverShown products={products} />
          )
        }
      </Loaded>
    </>
  );
}

function NeverShown({ products }: { readonly products: NonNullable<Summary["figures"]["products"]> }) {
  const { neverShown, count, length, lists, examples } = products;
  const more = neverShown - examples.length;
  return (
    <>
      <p className="lead">
        {number(neverShown)} of {number(count)} products are in the first {length} rows of none of{" "}
        {number(lists)} shoppers, and were in no answer of the last seven days. Some always are: tastes differ
        less than shelves do. A <Link href="/rules">promotion</Link> gives the others a place, and says what
        that costs.
      </p>
      <ul className="columns panel">
        {examples.map(({ itemId, title }) => (
          <li key={itemId}>{title}</li>
        ))}
        {more > 0 && <li className="quiet">and {number(more)} more</li>}
      </ul>
    </>
  );
}
