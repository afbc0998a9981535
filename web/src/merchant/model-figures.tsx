import type { Models } from "aisle/admin";
import { ScrollBox } from "./scroll-box.tsx";
import { nameOfRecommender } from "./words.ts";

type ModelCard = Models["models"][number];
type Figures = NonNullable<NonNullable<ModelCard["metrics"]>["new"]>;
type Figure = Figures[string];

/** What a merchant may ask, by the metric that answers it. */
const columns = [
  {
    metric: "ndcg@10",
    name: "Right ones near the top",
    hint: "NDCG@10: 1 would be every list in the best order",
  },
  {
    metric: "recall@10",
    name: "Found",
    hint: "recall@10: share of what shoppers took that is among ten rows",
  },
  {
    metric: "hit@10",
    name: "At least one",
    hint: "hit@10: share of shoppers who find something in ten rows",
  },
  { metric: "coverage@10", name: "Range", hint: "coverage@10: share of the products in somebody's ten rows" },
] as const;

/** The model above, the recommenders that it is held against below, on the same hidden events. */
export function ModelFigures({ model }: { readonly model: ModelCard }) {
  const task = model.metrics?.new && Object.keys(model.metrics.new).length > 0 ? "new" : "all";
  const own = model.metrics?.[task];
  if (own === undefined) return <p className="quiet">Nothing was held out to measure it on.</p>;
  const others = Object.entries(model.baselines).flatMap(([slug, { [task]: figures }]) =>
    figures ? [{ name: nameOfRecommender(slug), figures }] : [],
  );
  return (
    <ScrollBox label={`Figures of ${model.version}`}>
      <table>
        <caption className="quiet small">
          {task === "new" ? "Products that are new to the shopper" : "All products"}; {model.split}
        </caption>
        <thead>
          <tr>
            <th scope="col">Recommender</th>
            {columns.map(({ metric, name, hint }) => (
              <th key={metric} scope="col" title={hint}>
                {name}
                <span className="quiet small block">{metric}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[{ name: "This model", figures: own }, ...others].map(({ name, figures }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {columns.map(({ metric }) => (
                <td key={metric}>
                  <Value figure={figures[metric]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function Value({ figure }: { readonly figure: Figure | undefined }) {
  if (figure === undefined) return <>–</>;
  if (typeof figure === "number") return <>{figure.toFixed(3)}</>;
  return (
    <>
      {figure.value.toFixed(3)}
      <span className="quiet small block">
        {figure.low.toFixed(3)}–{figure.high.toFixed(3)}
      </span>
    </>
  );
}
