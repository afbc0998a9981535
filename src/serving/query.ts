import type { History } from "../model/history.ts";
import type { FilterValues } from "../ranking/filter/bind.ts";
import type { UserAttributes } from "../ranking/filter/user-tests.ts";
import type { Source } from "../ranking/rank.ts";
import type { Past } from "./past.ts";

/** What is asked. Ids are the shop's own; nothing here is trusted to be known. */
export interface Query {
  readonly userId?: string | undefined;
  readonly itemId?: string | undefined;
  /** this session's items, newest last: an id, or `id:EventType` where it is not a view */
  readonly recent?: readonly string[] | undefined;
  /** 25 unless said */
  readonly numResults?: number | undefined;
  readonly category?: string | undefined;
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
  /** item ids never to show */
  readonly exclude?: readonly string[] | undefined;
  readonly hide?: "purchased" | "interacted" | "none" | undefined;
  readonly explain?: boolean | undefined;
  /** a version to be answered by instead of the live one; `Serving.compare` goes by it, nothing else does */
  readonly model?: string | undefined;
  /** whose events, posted before, count as this request's */
  readonly sessionId?: string | undefined;
  /** what the store of activity says of the user and the session; `Serving.recall` fills it in */
  readonly past?: Past | undefined;
  /** ranks by this instead of by all that is known of the user: for measuring, no request can say it */
  readonly history?: History | undefined;
  /** 0 to 1 each, 0 unless said, as `ranking/rank.ts` tells of them */
  readonly diversity?: number | undefined;
  readonly popularityInfluence?: number | undefined;
  readonly freshnessInfluence?: number | undefined;
  /** needs `shown` */
  readonly rotationRate?: number | undefined;
  /** ids of items shown to this user or session and not clicked, and how often; `Serving.recall` fills it in */
  readonly shown?: ReadonlyMap<string, number> | undefined;
  /** the share of places that young items get */
  readonly explorationWeight?: number | undefined;
  /** days since an item appeared up to which it is young, 30 unless said */
  readonly explorationItemAgeCutOff?: number | undefined;
  /** an expression in Amazon Personalize's language */
  readonly filter?: string | undefined;
  /** a filter of the rules, instead of `filter` */
  readonly filterName?: string | undefined;
  /** of the filter's parameters, by name */
  readonly filterValues?: FilterValues | undefined;
  /** what the shop knows of the user, for `IF CurrentUser` */
  readonly userAttributes?: UserAttributes | undefined;
  /** instead of the rules' own; filters by text or by name */
  readonly promotions?: readonly AskedPromotion[] | undefined;
}

export interface AskedPromotion {
  readonly name: string;
  /** 1–100, of the rows of the answer */
  readonly percentPromotedItems: number;
  /** without a filter, everything is promoted */
  readonly filter?: string | undefined;
  readonly filterName?: string | undefined;
  readonly filterValues?: FilterValues | undefined;
}

export interface AnswerItem {
  readonly itemId: string;
  /** from 1 */
  readonly rank: number;
  /** the raw dot product; absent where the row has none (popularity) */
  readonly score?: number;
  readonly source: Source;
  /** whose row it is, where its source is `promoted` */
  readonly promotionName?: string;
  readonly item?: ShownItem;
  readonly because?: Because[];
  /** baskets that hold it and the item asked for, where it is by those that it is here */
  readonly support?: number;
  /** the chance with which exploration gave this place to this very item */
  readonly propensity?: number;
}

export interface Because {
  readonly itemId: string;
  readonly share: number;
  /** for the storefront: "Because you bought Oak desk" */
  readonly words: string;
}

export interface ShownItem {
  readonly title: string;
  readonly price?: number;
  readonly category?: string;
  readonly image?: string;
}

/** The body of an answer, here and over HTTP. */
export interface Answer {
  readonly recommendationId: string;
  readonly userId?: string;
  readonly source: Source;
  readonly model: { readonly version: string; readonly channel: string };
  /** where the rules set one up, and the question is somebody's */
  readonly experiment?: { readonly name: string; readonly arm: string };
  readonly items: AnswerItem[];
  /** why there are fewer rows than asked */
  readonly reason?: string;
}

/** One thing that is wrong with a query. */
export interface QueryFault {
  readonly parameter: keyof Query | "eventType";
  readonly detail: string;
}

/** A query that this model or catalogue cannot answer as it is put. */
export class QueryError extends Error {
  override readonly name = "QueryError";
  readonly faults: readonly QueryFault[];

  constructor(faults: readonly QueryFault[]) {
    super(faults.map(({ parameter, detail }) => `${parameter} ${detail}`).join("; "));
    this.faults = faults;
  }
}

/** Nothing is loaded yet, or nothing could be. */
export class NoModelError extends Error {
  override readonly name = "NoModelError";
}
