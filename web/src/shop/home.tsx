import { useEffect } from "react";
import { callOf } from "../activity-log.ts";
import { useObservable } from "../observable.ts";
import { apiBase } from "../settings.ts";
import { type Answer, shopClient } from "../shop-client.ts";
import { cardItems } from "./card.tsx";
import { factsOf } from "./facts.ts";
import { headingOf } from "./heading.ts";
import { knownItem } from "./known-items.ts";
import { Cards, Shelf } from "./shelf.tsx";
import { useNaming, useShop } from "./shop-context.tsx";
import { Failure, Nothing } from "./states.tsx";
import { keptPopular } from "./storage.ts";
import { useAnswer } from "./use-answer.ts";
import { useHome } from "./use-home.ts";

/** The shop's first page: a row that follows the shopper, and under it the rows of everybody. */
export function HomePage() {
  const { main, items, shelves } = useHome();
  const { id, labelledBy } = useNaming();
  useEffect(() => {
    document.title = "aisle";
  }, []);
  if (main.answer === undefined && main.error) return <LastPopular error={main.error} retry={main.retry} />;
  return (
    <div className="home">
      <section className="shelf main-row" aria-labelledby={labelledBy} aria-busy={main.isPending}>
        <MainHeading id={id} answer={main.answer} />
        <Cards
          form="wall"
          items={items}
          placeCount={12}
          answer={main.answer}
          isPending={main.isPending}
          opensBeside={true}
        />
        {items?.length === 0 && (
          <Nothing level={2} title="There is nothing on the shelves yet">
            <p>Products appear here as soon as the shop has some.</p>
          </Nothing>
        )}
        {main.error && <Failure level={2} error={main.error} retry={main.retry} />}
      </section>
      {shelves === undefined
        ? [1, 2].map((place) => (
            <Shelf key={place} heading={<span className="heading-place" />} items={undefined} />
          ))
        : shelves.map(({ key, heading, answer, items: shown }) => (
            <Shelf key={key} heading={heading} items={shown} answer={answer} opensBeside={true} />
          ))}
    </div>
  );
}

/** Says what the first row is owed to, and what it took. */
function MainHeading({ id, answer }: { readonly id: string; readonly answer: Answer | undefined }) {
  const { visit, isSplit } = useShop();
  const { deeds } = useObservable(visit.state);
  const isKnown = visit.userId !== undefined;
  const heading = answer && headingOf(answer, { isKnown, isActive: deeds.length > 0 });
  const names = heading?.because.map((itemId) => knownItem(itemId)?.title ?? itemId) ?? [];
  return (
    <header className="main-heading">
      <h1 id={id}>
        {heading === undefined ? (
          <span className="heading-place" />
        ) : (
          <span key={[heading.words, ...names].join()} className="heading-words">
            {heading.words}
            {names.map((name, at) => (
              <span key={name}>
                {at === 0 ? " " : " and "}
                <mark>{shortened(name)}</mark>
              </span>
            ))}
          </span>
        )}
      </h1>
      <p className="facts">
        <Facts answer={answer} />
      </p>
      <p className="hint" role="status">
        {hintFor(isKnown, deeds.length)}
        {!isSplit && deeds.length >= 3 && (
          <span>
            {" "}
            Press <kbd>S</kbd> to see another shopper beside you.
          </span>
        )}
      </p>
    </header>
  );
}

const newcomerHints = [
  "New here? Open anything you like: with every click this shelf becomes more yours.",
  "One click, and the shelf has moved. Go on.",
  "Two clicks. It is getting to know you.",
  "These shelves are yours now.",
];

function hintFor(isKnown: boolean, deedCount: number): string {
  if (!isKnown) return newcomerHints[Math.min(deedCount, newcomerHints.length - 1)];
  return deedCount === 0
    ? "Ranked by all that this shopper has looked at, put into the cart and bought."
    : "What was done just now counts already.";
}

const shownMax = 40;

/** At the end of a word, where there is one. */
function shortened(title: string): string {
  if (title.length <= shownMax) return title;
  const cut = title.slice(0, shownMax);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), shownMax / 2)).trimEnd()}…`;
}

function Facts({ answer }: { readonly answer: Answer | undefined }) {
  const size = useAnswer({
    ...{ scope: "catalogue size", key: answer?.model.version ?? "" },
    ask: (options) => shopClient.items({ pageSize: 1 }, options),
  });
  if (answer === undefined) return <span className="facts-place" />;
  const call = callOf(answer.recommendationId);
  const facts = factsOf({
    ...{ source: answer.source, catalogSize: size.answer?.total, hosts: hostsAsked() },
    ...{ scoringMilliseconds: call?.scoringMilliseconds, milliseconds: call?.milliseconds },
  });
  return <>{facts.join(" · ")}</>;
}

/** Of everything that this page has loaded, as the browser keeps count of it. */
function hostsAsked(): Set<string> {
  const entries = performance.getEntriesByType("resource").map(({ name }) => name);
  const addresses = [location.href, apiBase, ...entries].filter((name) => /^https?:/.test(name));
  return new Set(addresses.map((name) => new URL(name).hostname));
}

/** Where nothing answers: the last popular list that this browser has seen, and a way to try again. */
function LastPopular({ error, retry }: { readonly error: Error; readonly retry: () => void }) {
  const kept = keptPopular() as Answer | undefined;
  const items = Array.isArray(kept?.items) ? cardItems(kept.items).slice(0, 12) : [];
  return (
    <div className="home">
      <Failure error={error} retry={retry} />
      {items.length > 0 && <Shelf heading="Popular when you were last here" form="wall" items={items} />}
    </div>
  );
}
