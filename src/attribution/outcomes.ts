import type { ActivityEvent, ActivityRecords } from "../activity/activity-store.ts";
import { isDismissal } from "../activity/dismissal.ts";
import { isPurchase } from "../interactions/event-weights.ts";

export const outcomeKinds = ["click", "cart", "purchase"] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

/** An event that an answer may have led to, and the row that it is owed to, once one is found. */
export interface Outcome {
  readonly event: ActivityEvent;
  readonly itemId: string;
  readonly kind: OutcomeKind;
  owedTo?: Shown;
}

/** A row of an answer, as what came of it is counted. */
export interface Shown {
  readonly recommendationId: string;
  /** epoch seconds */
  readonly time: number;
  /** the user, else the session, else the answer */
  readonly unit: string;
  readonly row: string;
  readonly model: string;
  readonly arm: string | undefined;
}

/** A purchase, something like adding to a cart, or anything else that is no dismissal: a click. */
export function kindOf(eventType: string): OutcomeKind | undefined {
  if (isPurchase(eventType)) return "purchase";
  if (/cart|basket|bag/i.test(eventType)) return "cart";
  return isDismissal(eventType) ? undefined : "click";
}

/** The outcomes of a period, found by the answer that they name, else by whose they are and the item. */
export class Outcomes {
  readonly all: Outcome[] = [];
  readonly #byAnswer = new Map<string, Outcome[]>();
  readonly #byOwner = new Map<string, Outcome[]>();
  readonly #userOf = new Map<string, string>();

  static async read(
    records: AsyncIterable<ActivityRecords>,
    isWithin: (time: number) => boolean,
  ): Promise<Outcomes> {
    const outcomes = new Outcomes();
    const events = new Map<string, ActivityEvent>();
    for await (const batch of records) {
      for (const { userId, sessionId } of [...batch.events, ...batch.exposures]) {
        if (userId !== undefined && sessionId !== undefined) outcomes.#userOf.set(sessionId, userId);
      }
      for (const event of batch.events) {
        // An archive has an event twice where its session came to belong to a user, and wherever it was told twice.
        const key = JSON.stringify([event.sessionId, event.eventId]);
        if (isWithin(event.time) && (event.userId !== undefined || !events.has(key))) events.set(key, event);
      }
    }
    for (const event of events.values()) outcomes.#add(event);
    return outcomes;
  }

  /** Whose an event or an answer is: the user's, also where only the session was known then. */
  unitOf(whose: { userId?: string | undefined; sessionId?: string | undefined }): string | undefined {
    const { userId, sessionId } = whose;
    const user = userId ?? (sessionId === undefined ? undefined : this.#userOf.get(sessionId));
    if (user !== undefined) return `user ${user}`;
    return sessionId === undefined ? undefined : `session ${sessionId}`;
  }

  /** Outcomes that say which answer they followed from. */
  ofAnswer(recommendationId: string): readonly Outcome[] {
    return this.#byAnswer.get(recommendationId) ?? [];
  }

  /** Outcomes of a unit with an item that name no answer. */
  ofUnit(unit: string, itemId: string): readonly Outcome[] {
    return this.#byOwner.get(JSON.stringify([unit, itemId])) ?? [];
  }

  #add(event: ActivityEvent): void {
    const kind = kindOf(event.eventType);
    if (kind === undefined || event.itemId === undefined) return;
    const outcome = { event, kind, itemId: event.itemId };
    this.all.push(outcome);
    if (event.recommendationId !== undefined) append(this.#byAnswer, event.recommendationId, outcome);
    else append(this.#byOwner, JSON.stringify([this.unitOf(event), event.itemId]), outcome);
  }
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
