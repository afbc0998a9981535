import type { Source } from "../ranking/rank.ts";
import { askedOf } from "./asked.ts";
import { compose, seedOf } from "./merchandise.ts";
import { merchandiseOf } from "./promoted-rows.ts";
import type { Answer, AnswerItem, Query } from "./query.ts";
import { rowsOf } from "./rows.ts";
import type { Snapshot } from "./snapshot.ts";

/** Ranks for a query. Pure but for the time and the answer's random id; every row comes from this one snapshot. */
export function answer(snapshot: Snapshot, query: Query): Answer {
  const asked = askedOf(snapshot, query);
  const { source, items } = rowsOf(snapshot, asked);
  const merchandise = merchandiseOf(snapshot, query, asked);
  const order = { count: asked.asked.k, seed: seedOf(snapshot.parts.version, query) };
  return answerWith(snapshot, query, {
    source,
    items: merchandise ? compose(items, merchandise, order) : items,
  });
}

/** The body of an answer of these rows. */
export function answerWith(
  { parts }: Snapshot,
  { userId }: Query,
  { source, items }: { readonly source: Source; readonly items: AnswerItem[] },
): Answer {
  return {
    recommendationId: crypto.randomUUID(),
    ...(userId === undefined ? {} : { userId }),
    source,
    model: { version: parts.version, channel: parts.channel },
    items,
  };
}

/** The most popular items, of everybody and for everybody. */
export function popular(snapshot: Snapshot, query: Query): Answer {
  return answer(snapshot, impersonal(query));
}

/** The same query of nobody in particular. */
export function impersonal(query: Query): Query {
  const { userId: _, itemId: __, recent: ___, past: ____, ...narrowed } = query;
  return { ...narrowed, explain: false };
}
