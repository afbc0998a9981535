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
  /** whose events, posted before, count as this request's */
  readonly sessionId?: string | undefined;
  /** what the store of activity says of the user and the session; `Serving.recall` fills it in */
  readonly past?: Past | undefined;
}

export interface AnswerItem {
  readonly itemId: string;
  /** from 1 */
  readonly rank: number;
  /** the raw dot product; absent where the row has none (popularity) */
  readonly score?: number;
  readonly source: Source;
  readonly item?: ShownItem;
  readonly because?: { itemId: string; share: number }[];
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
  readonly items: AnswerItem[];
}

/** One thing that is wrong with a query. */
export interface QueryFault {
  readonly parameter: keyof Query;
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
