import type { Answer, Query } from "../serving/query.ts";
import type { Serving } from "../serving/serving.ts";
import { invalidParameters, notFound } from "./problem.ts";

/** What one of Amazon Personalize's use cases or recipes answers with. */
export interface UseCase {
  readonly needs: readonly ("userId" | "itemId")[];
  /** what of one's own past is left out, as Personalize does by itself; filters say the rest */
  readonly hide: NonNullable<Query["hide"]>;
  readonly hasScores: boolean;
  readonly hasReasons: boolean;
  readonly ask: (serving: Serving, query: Query) => Answer;
}

const personal = (serving: Serving, { itemId: _, ...query }: Query): Answer => serving.answer(query);
const plain = { hide: "none", hasScores: false, hasReasons: false } as const;

const useCases: Readonly<Record<string, UseCase>> = {
  "recommended-for-you": {
    ...{ needs: ["userId"], hide: "purchased", hasScores: true, hasReasons: false, ask: personal },
  },
  "user-personalization": {
    ...{ needs: ["userId"], hide: "none", hasScores: true, hasReasons: true, ask: personal },
  },
  "similar-items": { ...plain, needs: ["itemId"], ask: (serving, query) => serving.answer(query) },
  "frequently-bought-together": {
    ...{ ...plain, needs: ["itemId"], ask: (serving, query) => serving.boughtTogether(query) },
  },
  "customers-who-viewed-x-also-viewed": {
    ...{ ...plain, needs: ["userId", "itemId"], hide: "purchased" },
    ask: (serving, query) => serving.alsoViewed(query),
  },
  "popular-items-by-views": {
    ...{ ...plain, needs: [], ask: (serving, query) => serving.popularAmong(query, "views") },
  },
  "popular-items-by-purchases": {
    ...{ ...plain, needs: [], ask: (serving, query) => serving.popularAmong(query, "purchases") },
  },
  "trending-now": { ...plain, needs: [], ask: (serving, query) => serving.trending(query, "1d") },
};

const rankingName = "personalized-ranking";

/**
 * The use case of a campaign or recommender: the last segment of its ARN, with or without the `aws-`, `aws-ecomm-` and
 * `-v2` of Amazon's own recipes.
 * @throws Problem 404 where there is none
 */
export function useCaseOf(arn: string): UseCase {
  const name = nameIn(arn);
  if (Object.hasOwn(useCases, name)) return useCases[name];
  if (name === rankingName) {
    const detail = `"${name}" ranks a given list: ask GetPersonalizedRanking`;
    throw invalidParameters([{ parameter: "campaignArn", in: "body", detail }]);
  }
  throw unknownName(arn, [...Object.keys(useCases), rankingName]);
}

/** @throws Problem where the ARN is not of personalised ranking */
export function requireRanking(arn: string): void {
  const name = nameIn(arn);
  if (name === rankingName) return;
  if (!Object.hasOwn(useCases, name)) throw unknownName(arn, [rankingName]);
  const detail = `"${name}" ranks no given list: ask GetRecommendations, or name "${rankingName}"`;
  throw invalidParameters([{ parameter: "campaignArn", in: "body", detail }]);
}

/** What an ARN ends with. */
export function lastSegment(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

function nameIn(arn: string): string {
  return lastSegment(arn)
    .toLowerCase()
    .replace(/^aws-(ecomm-)?/, "")
    .replace(/-v2$/, "");
}

function unknownName(arn: string, known: readonly string[]) {
  return notFound(
    `Nothing is served as "${lastSegment(arn).slice(0, 63)}": the last segment of the ARN is one of ${known.join(", ")}.`,
  );
}
