/** What a tab remembers of a visit, so that a reload goes on where it was. */
export interface VisitState {
  readonly sessionId: string;
  /** oldest first */
  readonly deeds: readonly Deed[];
}

/** Something that the shopper did here. */
export interface Deed {
  readonly eventId: string;
  readonly eventType: EventType;
  readonly itemId: string;
  /** ms since 1970 */
  readonly at: number;
  /** has the server got it? What it has not is told with each question instead */
  readonly isKept: boolean;
}

export const eventTypes = ["View", "AddToCart", "ViewCart", "StartCheckout", "Purchase"] as const;
export type EventType = (typeof eventTypes)[number];

const deedsMax = 60;
const recentMax = 30;

export function withDeeds(state: VisitState, deeds: readonly Deed[]): VisitState {
  return { ...state, deeds: [...state.deeds, ...deeds].slice(-deedsMax) };
}

export function asKept(state: VisitState, eventIds: ReadonlySet<string>): VisitState {
  const deeds = state.deeds.map((deed) => (eventIds.has(deed.eventId) ? { ...deed, isKept: true } : deed));
  return { ...state, deeds };
}

/** Ids of what was done and the server does not know, newest last, each once: what `recent` is for. */
export function untoldItems({ deeds }: VisitState): string[] {
  const untold = deeds.filter(({ isKept }) => !isKept).map(({ itemId }) => itemId);
  const newestFirst = new Set(untold.reverse());
  return [...newestFirst].slice(0, recentMax).reverse();
}

/** A visit out of storage, or `undefined` if it is none. */
export function readVisit(stored: unknown): VisitState | undefined {
  const { sessionId, deeds } = (stored ?? {}) as Partial<VisitState>;
  if (typeof sessionId !== "string" || sessionId === "" || !Array.isArray(deeds)) return undefined;
  return { sessionId, deeds: deeds.filter(isDeed) };
}

function isDeed(value: unknown): value is Deed {
  if (typeof value !== "object" || value === null) return false;
  const { eventId, eventType, itemId, at, isKept } = value as Record<string, unknown>;
  return (
    typeof eventId === "string" &&
    eventTypes.includes(eventType as EventType) &&
    typeof itemId === "string" &&
    typeof at === "number" &&
    typeof isKept === "boolean"
  );
}
