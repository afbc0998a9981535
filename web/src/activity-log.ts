import { Observable } from "./observable.ts";

/** One request to the API and what came of it, as it was seen from this page. */
export interface Call {
  /** counts up from 1 on this page */
  readonly id: number;
  readonly method: string;
  /** path and query, without where the API is */
  readonly path: string;
  /** of a POST, parsed */
  readonly body?: unknown;
  /** ms since 1970 */
  readonly startedAt: number;
  /** there and back, from asking to the last byte; absent while it is under way */
  readonly milliseconds?: number;
  /** in scoring, as the server measured it and said in Server-Timing */
  readonly scoringMilliseconds?: number;
  readonly status?: number;
  /** the answer's body, parsed: its model, source and rows are in there */
  readonly answer?: unknown;
  /** why there was no answer */
  readonly failure?: string;
  /** the heading of the row that asked */
  readonly label?: string;
}

/** One event of the shopper's. */
export interface SentEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly itemId: string | undefined;
  readonly recommendationId: string | undefined;
  /** from 1, in the row that was clicked */
  readonly position: number | undefined;
  readonly userId: string | undefined;
  readonly sessionId: string;
  /** ms since 1970 */
  readonly at: number;
  /** `kept`: by the server; `refused`: it said no, and the page goes on by its own memory; `waiting`: no connection */
  readonly state: "sending" | "kept" | "refused" | "waiting";
  readonly failure?: string;
}

export interface Activity {
  /** oldest first; the last two hundred of each */
  readonly calls: readonly Call[];
  readonly events: readonly SentEvent[];
}

const keptMax = 200;

/** What happens between this page and the API, for whoever wants to show it. */
export const activityLog = new Observable<Activity>({ calls: [], events: [] });

let lastId = 0;

/** Notes a request that is about to be made, and gives it its id. */
export function noteCall(call: Omit<Call, "id">): number {
  lastId += 1;
  const { calls, events } = activityLog.value;
  activityLog.set({ calls: [...calls, { ...call, id: lastId }].slice(-keptMax), events });
  return lastId;
}

/** Adds to a noted request what has become known of it. */
export function amendCall(id: number, more: Partial<Omit<Call, "id">>): void {
  const { calls, events } = activityLog.value;
  activityLog.set({ calls: calls.map((call) => (call.id === id ? { ...call, ...more } : call)), events });
}

/** Notes an event, or what became of it where its `eventId` is known already. */
export function noteEvent(event: SentEvent): void {
  const { calls, events } = activityLog.value;
  const isKnown = events.some(({ eventId }) => eventId === event.eventId);
  const noted = isKnown
    ? events.map((known) => (known.eventId === event.eventId ? event : known))
    : [...events, event];
  activityLog.set({ calls, events: noted.slice(-keptMax) });
}

/** The request that an answer came from. */
export function callOf(recommendationId: string | undefined): Call | undefined {
  if (recommendationId === undefined) return undefined;
  return activityLog.value.calls.findLast(
    ({ answer }) =>
      (answer as { recommendationId?: string } | undefined)?.recommendationId === recommendationId,
  );
}
