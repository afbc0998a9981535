import type { ChannelState, Models as ModelList } from "aisle/admin";
import { lazy, Suspense, useState } from "react";
import { ChannelHistory } from "./channel-history.tsx";
import { ModelFigures } from "./model-figures.tsx";
import { MoveDialog } from "./move-dialog.tsx";
import { Empty, Loaded, Skeleton } from "./states.tsx";
import { useAsked } from "./use-asked.ts";
import { number, onDay, signed, signedRange } from "./words.ts";

const LeadPlot = lazy(() => import("./lead-plot.tsx"));

type ModelCard = ModelList["models"][number];

interface Move {
  readonly kind: "promote" | "rollback";
  readonly version: string;
}

export function Models() {
  const models = useAsked<ModelList>("models");
  const channel = useAsked<ChannelState>("channel");
  const [move, setMove] = useState<Move>();
  const [done, setDone] = useState("");
  const close = async (words?: string) => {
    setMove(undefined);
    if (words === undefined) return;
    setDone(words);
    await Promise.all([models.again(), channel.again()]);
  };
  return (
    <>
      <div className="title">
        <h1>Models</h1>
        <p className="quiet">
          Each was measured on events that were hidden from it, beside what simpler recommenders found there.
        </p>
      </div>
      <p role="status" className="said">
        {done}
      </p>
      <Loaded asked={models} lines={5}>
        {({ models: list }) =>
          list.length === 0 ? (
            <Empty title="No models yet">
              <p>
                <code>npx aisle train --events events.csv</code> makes the first one.
              </p>
            </Empty>
          ) : (
            <>
              {list.some(({ overPopularity }) => overPopularity?.relative) && (
                <section className="panel" aria-labelledby="leads">
                  <h2 id="leads">Against bestsellers</h2>
                  <Suspense fallback={<Skeleton lines={4} />}>
                    <LeadPlot models={list} />
                  </Suspense>
                </section>
              )}
              <ul className="models">
                {list.map((model) => (
                  <ModelRow
                    key={model.version}
                    model={model}
                    earlier={channel.answer?.earlier ?? []}
                    onMove={setMove}
                  />
                ))}
              </ul>
            </>
          )
        }
      </Loaded>
      <Loaded asked={channel} lines={3}>
        {(state) => <ChannelHistory state={state} />}
      </Loaded>
      {move && <MoveDialog {...move} onClose={(words) => void close(words)} />}
    </>
  );
}

function ModelRow({
  model,
  earlier,
  onMove,
}: {
  readonly model: ModelCard;
  readonly earlier: readonly string[];
  readonly onMove: (move: Move) => void;
}) {
  const { version, createdAt, isLive, factors, eventCount, userCount, itemCount } = model;
  return (
    <li className={isLive ? "model live" : "model"}>
      <div className="model-head">
        <h2>
          {factors > 0 ? "Model" : "Bestsellers"} of {onDay(createdAt)}
        </h2>
        {isLive && <span className="badge">live</span>}
      </div>
      <p>
        <Lead model={model} />
      </p>
      <p className="quiet small">
        {number(eventCount)} events of {number(userCount)} shoppers and {number(itemCount)} products ·{" "}
        <code>{version}</code>
      </p>
      <div className="buttons">
        {isLive ? null : earlier.includes(version) ? (
          <button
            type="button"
            className="button plain"
            onClick={() => onMove({ kind: "rollback", version })}
          >
            Go back to it<span className="heard">: {version}</span>
          </button>
        ) : (
          <button type="button" className="button" onClick={() => onMove({ kind: "promote", version })}>
            Make it live<span className="heard">: {version}</span>
          </button>
        )}
      </div>
      <details>
        <summary>
          Figures<span className="heard"> of {version}</span>
        </summary>
        <ModelFigures model={model} />
      </details>
    </li>
  );
}

function Lead({ model: { factors, overPopularity, overLive } }: { readonly model: ModelCard }) {
  const over = overPopularity?.relative;
  if (factors === 0) return <>Shows everybody the same list: what most people take.</>;
  if (over === undefined) return <>Not measured: nothing was held out.</>;
  return (
    <>
      <strong className={over.low > 0 ? "good" : over.high < 0 ? "bad" : ""}>{signed(over.value)}</strong>{" "}
      against bestsellers <span className="quiet">({signedRange(over)})</span>
      {overLive?.relative && (
        <>
          , {signed(overLive.relative.value)} against the live one{" "}
          <span className="quiet">({signedRange(overLive.relative)})</span>
        </>
      )}
    </>
  );
}
