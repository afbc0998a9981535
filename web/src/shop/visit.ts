import { noteEvent, type SentEvent } from "../activity-log.ts";
import { Observable } from "../observable.ts";
import { AisleError, shopClient } from "../shop-client.ts";
import type { Origin } from "./cart.ts";
import { newId } from "./new-id.ts";
import { type Asker, askerOf } from "./questions.ts";
import { keepVisit, openVisit, type Side } from "./storage.ts";
import { asKept, type Deed, type EventType, type VisitState, withDeeds } from "./visit-state.ts";

/** Something that the shopper does now. */
export interface Act {
  readonly eventType: EventType;
  readonly itemId: string;
  readonly origin?: Origin | undefined;
  /** what was paid */
  readonly value?: number | undefined;
  readonly orderId?: string | undefined;
}

type Sending = Act & { readonly deed: Deed; readonly attempt: SentEvent };

/** The API takes so many at once. */
const eventsMax = 10;

/** One shopper in one half of one tab: what they do goes to the server, and is remembered until it is there. */
export class Visit {
  readonly userId: string | undefined;
  readonly #side: Side;
  readonly state: Observable<VisitState>;
  /** rises with whatever may change an answer, once the server has heard of it */
  readonly revision = new Observable(0);
  #waiting: Sending[] = [];
  /** of the product page that a click opens: the click was the view */
  opened: string | undefined;

  constructor(side: Side, userId: string | undefined) {
    this.#side = side;
    this.userId = userId;
    this.state = new Observable(openVisit(side, userId));
    addEventListener("online", () => void this.#send([]));
  }

  get asker(): Asker {
    return askerOf(this.userId, this.state.value);
  }

  /** As somebody who was never here. */
  startOver(): void {
    this.#waiting = [];
    this.opened = undefined;
    this.state.set(openVisit(this.#side, this.userId, true));
    this.revision.set(this.revision.value + 1);
  }

  /** Never rejects: what cannot be sent is told with the next question, and sent when there is a connection again. */
  async record(acts: readonly Act[]): Promise<void> {
    const { sessionId } = this.state.value;
    const sendings = acts.map((act): Sending => {
      const { eventType, itemId, origin } = act;
      const deed = { eventId: newId(), eventType, itemId, at: Date.now(), isKept: false };
      const attempt: SentEvent = {
        ...{ eventId: deed.eventId, eventType, itemId, at: deed.at, sessionId, userId: this.userId },
        ...{ recommendationId: origin?.recommendationId, position: origin?.position, state: "sending" },
      };
      noteEvent(attempt);
      return { ...act, deed, attempt };
    });
    const deeds = sendings.map(({ deed }) => deed);
    this.#keep(withDeeds(this.state.value, deeds));
    await this.#send(sendings);
    this.revision.set(this.revision.value + 1);
  }

  async #send(more: readonly Sending[]): Promise<void> {
    const all = [...this.#waiting, ...more];
    this.#waiting = [];
    for (let from = 0; from < all.length; from += eventsMax) {
      const batch = all.slice(from, from + eventsMax);
      const { state, failure } = await this.#post(batch);
      if (state === "waiting") this.#waiting.push(...batch);
      for (const { attempt } of batch) noteEvent({ ...attempt, state, ...(failure && { failure }) });
      if (state !== "kept") continue;
      this.#keep(asKept(this.state.value, new Set(batch.map(({ deed }) => deed.eventId))));
    }
  }

  async #post(batch: readonly Sending[]): Promise<Pick<SentEvent, "state" | "failure">> {
    const { sessionId } = batch[0].attempt;
    const userId = this.userId === undefined ? {} : { userId: this.userId };
    try {
      await shopClient.putEvents({ ...userId, sessionId, eventList: batch.map(bodyOf) });
      return { state: "kept" };
    } catch (error) {
      // A server that says no will say no again; one that says nothing, or is too busy, may listen later.
      const isFinal = error instanceof AisleError && error.status < 500 && error.status !== 429;
      const isUnable = error instanceof AisleError && error.status === 501;
      return { state: isFinal || isUnable ? "refused" : "waiting", failure: (error as Error).message };
    }
  }

  #keep(state: VisitState): void {
    this.state.set(state);
    keepVisit(this.#side, this.userId, state);
  }
}

function bodyOf({ deed, eventType, itemId, origin, value, orderId }: Sending) {
  const properties = {
    ...(origin && { position: origin.position }),
    ...(orderId !== undefined && { order_id: orderId }),
  };
  return {
    ...{ eventId: deed.eventId, eventType, itemId, sentAt: deed.at / 1000 },
    ...(origin && { recommendationId: origin.recommendationId }),
    ...(value !== undefined && { eventValue: value }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}

const visits = new Map<string, Visit>();

/** The same for as long as the page lives, so that going to and fro between shoppers forgets nothing. */
export function visitOf(side: Side, userId: string | undefined): Visit {
  const key = JSON.stringify([side, userId]);
  const visit = visits.get(key) ?? new Visit(side, userId);
  visits.set(key, visit);
  return visit;
}
