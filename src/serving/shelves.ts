import type { TrendWindow } from "../model/trends.ts";
import type { Ranking } from "../ranking/rank.ts";
import {
  lastSeen,
  rankAlsoViewed,
  rankBoughtTogether,
  rankPopularBy,
  rankTrending,
} from "../ranking/shelves.ts";
import { answer, answerWith, impersonal } from "./answer.ts";
import { type Asked, askedOf, rankingOf } from "./asked.ts";
import { becauseWords } from "./because.ts";
import { type Answer, type Query, QueryError } from "./query.ts";
import { answerRows } from "./rows.ts";
import type { Snapshot } from "./snapshot.ts";
import { withNewItems } from "./with-new-items.ts";

/** What was bought in the same orders as `itemId` more often than by chance: nothing else, and why where it is less than asked. */
export function boughtTogether(snapshot: Snapshot, query: Query): Answer {
  const asked = askedOf(snapshot, query);
  const { items, source, reason } = rankBoughtTogether(snapshot.model, rankingOf(asked));
  const answered = answerWith(snapshot, query, answerRows(snapshot, items, source));
  return { ...answered, ...(reason === undefined ? {} : { reason }) };
}

/** What was looked at in the same visits as `itemId`, without what `userId` bought. */
export function alsoViewed(snapshot: Snapshot, query: Query): Answer {
  const asked = askedOf(snapshot, query);
  return answerFilled(snapshot, query, asked, rankAlsoViewed(snapshot.model, rankingOf(asked)));
}

export interface TrendAnswer extends Answer {
  readonly window?: TrendWindow;
  /** ISO 8601: the end of the window, the model's last event */
  readonly until?: string;
  /** why it is another window than was asked for, or none */
  readonly note?: string;
}

/** What grows most in a window up to the model's last event. */
export function trending(snapshot: Snapshot, query: Query, over: TrendWindow): TrendAnswer {
  const { model } = snapshot;
  const ofNobody = impersonal(query);
  const asked = askedOf(snapshot, ofNobody);
  const { window, note, ...ranking } = rankTrending(model, rankingOf(asked), over);
  return {
    ...answerFilled(snapshot, ofNobody, asked, ranking),
    ...(window === undefined ? {} : { window, until: new Date(model.now * 1000).toISOString() }),
    ...(note === undefined ? {} : { note }),
  };
}

/** What most users did something of this type with. @throws QueryError on a type that the model does not know */
export function popularBy(snapshot: Snapshot, query: Query, eventType: string): Answer {
  const { bitTypes } = snapshot.model.header.confidence;
  const name = eventType.toLowerCase();
  const bit = bitTypes.findIndex((types) => types.some((type) => type.toLowerCase() === name));
  if (bit < 0) {
    const detail = `is unknown; known are ${bitTypes.flat().join(", ")}`;
    throw new QueryError([{ parameter: "eventType", detail }]);
  }
  const ofNobody = impersonal(query);
  const asked = askedOf(snapshot, ofNobody);
  return answerFilled(snapshot, ofNobody, asked, rankPopularBy(snapshot.model, rankingOf(asked), bit));
}

export interface BecauseAnswer extends Answer {
  /** what the shelf is owed to; absent where nothing is known of the user */
  readonly seed?: { readonly itemId: string; readonly words: string };
}

/** Items like the last one that the user looked at and did not buy; without any, what `/recommendations` answers. */
export function becauseYouViewed(snapshot: Snapshot, query: Query): BecauseAnswer {
  const { model } = snapshot;
  const { own } = askedOf(snapshot, query).asked;
  const seed = own && lastSeen(model, own);
  if (own === undefined || seed === undefined) return answer(snapshot, query);
  const typeBits = own.typeBits[own.items.indexOf(seed)];
  return {
    ...answer(snapshot, { ...query, itemId: model.items.id(seed) }),
    seed: { itemId: model.items.id(seed), words: becauseWords(snapshot, seed, typeBits) },
  };
}

/** Filled up by items that only the catalogue knows, where the model's do not suffice. */
function answerFilled(snapshot: Snapshot, query: Query, asked: Asked, ranking: Ranking): Answer {
  const rows = withNewItems(snapshot, ranking, asked);
  return answerWith(snapshot, query, answerRows(snapshot, rows, ranking.source));
}
