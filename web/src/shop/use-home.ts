import { useEffect } from "react";
import { useObservable } from "../observable.ts";
import { type Answer, type BecauseAnswer, shopClient } from "../shop-client.ts";
import { type CardItem, cardItems } from "./card.tsx";
import { distinctRows } from "./distinct.ts";
import { modelEpoch } from "./model-watch.ts";
import { isNewcomer, mainCount, mainQuery, shelfCount, trendingQuery } from "./questions.ts";
import { useShop } from "./shop-context.tsx";
import { keepPopular, type Side } from "./storage.ts";
import { type Asked, type Question, useAnswer } from "./use-answer.ts";
import { wordsOf } from "./words.ts";

/** A row under the first one. */
export interface HomeShelf {
  readonly key: string;
  readonly heading: string;
  readonly answer: Answer;
  readonly items: readonly CardItem[];
}

export interface Home {
  readonly main: Asked<Answer>;
  /** of the first row, without what nobody is to see twice */
  readonly items: readonly CardItem[] | undefined;
  /** `undefined` until every row below the first has been answered, so that none of them moves another */
  readonly shelves: readonly HomeShelf[] | undefined;
}

const boughtBefore = 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Purchase")';
const categoryRows = 3;

/** All rows of the home page, asked for at once, with no item in two of them. */
export function useHome(): Home {
  const { side } = useShop();
  const { isNew, trending, personal, because, again } = useHomeAnswers();
  const asked = isNew ? trending : personal;
  const last = lastShown.get(side);
  const main = asked.answer ?? last?.main;
  const categories = useCategoryRows(main);
  const rest = [because, again, trending, ...categories.map((row) => row.asked)];
  const isSettled = asked.answer !== undefined && rest.every(({ answer, isPending }) => answer || !isPending);
  const fresh: readonly HomeRow[] = [
    { key: "because", heading: because.answer?.seed?.words, answer: because.answer },
    { key: "again", heading: "Buy it again", answer: again.answer },
    { key: "trending", heading: "Trending products", answer: isNew ? undefined : trending.answer },
    ...categories.map(({ name, asked: { answer } }) => ({
      ...{ key: `in ${name}`, heading: `Popular in ${wordsOf(name)}`, answer },
    })),
  ];
  const rows = isSettled ? fresh : last?.rows;
  useEffect(() => {
    if (trending.answer) keepPopular(trending.answer);
    if (isSettled && main) lastShown.set(side, { main, rows: fresh });
  });
  return { main: { ...asked, answer: main }, ...composed(main, rows) };
}

/** What each side showed last: until everything is answered anew, nothing gives way to emptiness. */
const lastShown = new Map<Side, { readonly main: Answer; readonly rows: readonly HomeRow[] }>();

function composed(
  main: Answer | undefined,
  rows: readonly HomeRow[] | undefined,
): Pick<Home, "items" | "shelves"> {
  const candidates = [{ key: "main", answer: main, countMax: mainCount }, ...(rows ?? [])].map(
    ({ key, answer, countMax = shelfCount }) => ({ key, countMax, items: cardItems(answer?.items ?? []) }),
  );
  const chosen = distinctRows(candidates);
  const shelves = rows?.flatMap(({ key, heading, answer }) => {
    const items = chosen.get(key);
    return items && answer && heading ? [{ key, heading, answer, items }] : [];
  });
  return { items: main && (chosen.get("main") ?? []), shelves };
}

interface HomeRow {
  readonly key: string;
  /** a row that has none is not shown */
  readonly heading: string | undefined;
  readonly answer: Answer | undefined;
  readonly countMax?: number;
}

/** What is asked of everybody's tastes, and of the shopper's own where there is anything to go by. */
function useHomeAnswers() {
  const { side, visit } = useShop();
  const epoch = useObservable(modelEpoch);
  const state = useObservable(visit.state);
  const revision = useObservable(visit.revision);
  const { userId, asker } = visit;
  const isNew = isNewcomer(userId, state);
  const key = JSON.stringify([userId, asker.sessionId, revision, epoch]);
  const own = <T extends Answer>(
    row: string,
    label: string,
    ask: Question<T>["ask"],
  ): Question<T> | undefined =>
    isNew ? undefined : { scope: JSON.stringify([side, row, userId, asker.sessionId]), key, label, ask };

  const trending = useAnswer<Answer>({
    ...{ scope: "trending", key: String(epoch), label: "Trending products" },
    ask: (options) => shopClient.trending(trendingQuery, options),
  });
  const personal = useAnswer(
    own<Answer>("main", "For you", (options) => shopClient.recommendations(mainQuery(asker), options)),
  );
  const because = useAnswer(
    own<BecauseAnswer>("because", "Because you viewed", (options) =>
      shopClient.becauseYouViewed({ ...asker, numResults: shelfCount }, options),
    ),
  );
  const bought = { ...asker, filter: boughtBefore, hide: "none" as const, numResults: shelfCount };
  const again = useAnswer(
    own<Answer>("again", "Buy it again", (options) => shopClient.recommendations(bought, options)),
  );
  return { isNew, trending, personal, because, again };
}

/** What is popular in the categories that the first row shows most of. */
function useCategoryRows(main: Answer | undefined): { name: string; asked: Asked<Answer> }[] {
  const key = String(useObservable(modelEpoch));
  const names = main ? leadingCategories(main) : [];
  const question = (name: string | undefined) =>
    name === undefined
      ? undefined
      : {
          ...{ scope: `popular in ${name}`, key, label: `Popular in ${name}` },
          ask: (options: { signal: AbortSignal }): Promise<Answer> =>
            shopClient.popular({ category: name, numResults: shelfCount }, options),
        };
  // Hooks may not be in a loop: three rows are three calls.
  const asked = [useAnswer(question(names[0])), useAnswer(question(names[1])), useAnswer(question(names[2]))];
  return names.map((name, at) => ({ name, asked: asked[at] }));
}

function leadingCategories({ items }: Answer): string[] {
  const counts = new Map<string, number>();
  for (const { item } of items) {
    if (item?.category) counts.set(item.category, (counts.get(item.category) ?? 0) + 1);
  }
  return Array.from(counts)
    .sort(([, a], [, b]) => b - a)
    .slice(0, categoryRows)
    .map(([name]) => name);
}
