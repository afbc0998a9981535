import { useEffect, useState } from "react";
import { activityLog, callOf } from "../activity-log.ts";
import { useObservable } from "../observable.ts";
import type { Answer, Explanation } from "../shop-client.ts";
import { askerOf, seedOf, titlesOf } from "./asked.ts";
import { insideClient } from "./inside-client.ts";
import type { WhySubject } from "./inside-state.ts";
import { JsonView } from "./json-view.tsx";
import { doneWords, percent, reasonWords } from "./plain-words.ts";

type Contribution = Explanation["contributions"][number];

const shownMax = 6;

/** What is left over gets a line of its own only where there is more than one of it. */
function shownOf<T>(all: readonly T[]): readonly T[] {
  return all.length === shownMax + 1 ? all : all.slice(0, shownMax);
}

/** Rows that owe nothing to the shopper's own past. */
const impersonal: ReadonlySet<string> = new Set([
  ...["popular", "trending", "similar", "bought-together", "also-viewed", "content"],
  ...["pinned", "promoted", "exploration"],
]);

/** Why an item is where it is: a sentence first, then what each thing that the shopper did has to do with it. */
export function WhyView({ subject }: { subject: WhySubject }) {
  const { itemId, answer } = subject;
  const { calls } = useObservable(activityLog);
  const titles = titlesOf(calls);
  const call = callOf(answer.recommendationId);
  const rows = (call?.answer as Answer | undefined)?.items ?? [];
  const row = rows.find((each) => each.itemId === itemId);
  const source = row?.source ?? answer.source;
  const title = titles.get(itemId) ?? itemId;
  const seed = call && seedOf(call);
  return (
    <article className="why">
      <h3>{title}</h3>
      <p className="why-reason">
        {reasonOf(source, seed === undefined ? undefined : (titles.get(seed) ?? seed), row)}
      </p>
      {row && (
        <p className="quiet">
          Place {row.rank} of {rows.length}
          {row.score !== undefined && ` · score ${row.score.toFixed(4)}`} · model{" "}
          <code>{answer.model.version}</code>
        </p>
      )}
      {impersonal.has(source) ? (
        <JsonView label="The row" value={row ?? answer} />
      ) : (
        <Contributions subject={subject} asked={call ? askerOf(call) : undefined} />
      )}
    </article>
  );
}

function reasonOf(
  source: string,
  seed: string | undefined,
  row: Answer["items"][number] | undefined,
): string {
  if (seed !== undefined && source === "similar") return `The same shoppers like this and ${seed}.`;
  if (seed !== undefined && source === "bought-together") {
    const { support } = row ?? {};
    return `It is often in one order with ${seed}${support === undefined ? "" : `: in ${support} orders so far`}.`;
  }
  if (seed !== undefined && source === "also-viewed") return `It is looked at in the same visits as ${seed}.`;
  if (source === "promoted" && row?.promotionName) return `The merchant promotes it (${row.promotionName}).`;
  const most = row?.because?.[0];
  return most === undefined
    ? reasonWords(source)
    : `${reasonWords(source)} Most of all: ${doneWords(most.words)}.`;
}

interface ContributionsProps {
  readonly subject: WhySubject;
  /** who the row was asked for, as its request said it */
  readonly asked: ReturnType<typeof askerOf> | undefined;
}

/** Asked when somebody wants to know, and of the very shopper and visit that the row was for. */
function Contributions({ subject: { itemId, userId, sessionId }, asked }: ContributionsProps) {
  const [found, setFound] = useState<Explanation | Error>();
  const question = JSON.stringify({ ...(asked ?? { userId, sessionId }), itemId });
  useEffect(() => {
    const control = new AbortController();
    const take = (value: Explanation | Error) => {
      if (!control.signal.aborted) setFound(value);
    };
    insideClient.explain(JSON.parse(question), { signal: control.signal }).then(take, take);
    return () => control.abort();
  }, [question]);
  if (found === undefined) return <p className="quiet">Working it out …</p>;
  if (found instanceof Error) return <p className="happened-failure">This cannot be told: {found.message}</p>;
  const { contributions, score, reason } = found;
  if (contributions.length === 0 || score === undefined) {
    const why = reason ?? "Nothing that this shopper did has to do with it.";
    return <p className="quiet">{why.charAt(0).toUpperCase() + why.slice(1)}.</p>;
  }
  const speaksFor = contributions.filter(({ contribution }) => contribution > 0);
  const against = contributions.filter(({ contribution }) => contribution < 0).toReversed();
  return (
    <>
      <Bars title="What speaks for it" all={speaksFor} />
      {against.length > 0 && (
        <details className="why-against">
          <summary>
            {against.length} {against.length === 1 ? "thing speaks" : "things speak"} against it
          </summary>
          <ul>
            {against.slice(0, shownMax).map(({ itemId: id, words, contribution }) => (
              <li key={id}>
                {doneWords(words)} <span className="quiet">{contribution.toFixed(4)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      <details className="why-how">
        <summary>How is that known?</summary>
        <p>
          The model describes shoppers and products by the same few numbers, learnt from everybody’s deeds. A
          score is a sum with one part for each thing that the shopper did, so the parts are the reason itself
          and no guess afterwards: here they add up to exactly {score.toFixed(4)}.
        </p>
      </details>
      <JsonView label="The explanation" value={found} />
    </>
  );
}

function Bars({ title, all }: { title: string; all: readonly Contribution[] }) {
  const shown = shownOf(all);
  const rest = all.slice(shown.length).reduce((sum, { share }) => sum + share, 0);
  const most = Math.max(...shown.map(({ share }) => share), rest);
  return (
    <figure className="why-bars">
      <figcaption>{title}</figcaption>
      <ol>
        {shown.map(({ itemId, words, share }) => (
          <Bar key={itemId} words={doneWords(words)} share={share} length={share / most} />
        ))}
        {rest > 0 && (
          <Bar
            words={`${all.length - shown.length} more, each of them small`}
            share={rest}
            length={rest / most}
            isRest
          />
        )}
      </ol>
    </figure>
  );
}

function Bar({
  words,
  share,
  length,
  isRest,
}: {
  words: string;
  share: number;
  length: number;
  isRest?: boolean;
}) {
  return (
    <li data-rest={isRest}>
      <span className="why-words">{words}</span>
      <span className="why-share">{percent(share)}</span>
      <span className="why-track" aria-hidden="true">
        <span style={{ inlineSize: `${length * 100}%` }} />
      </span>
    </li>
  );
}
