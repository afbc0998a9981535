/** What each kind of event says about a user's interest. */
export const defaultWeights: Readonly<Record<string, number>> = {
  View: 1,
  AddToCart: 2,
  ViewCart: 3,
  StartCheckout: 4,
  Purchase: 5,
};

/** An event type without a weight: nobody can guess what it is worth. */
export class UnknownEventTypeError extends Error {
  override name = "UnknownEventTypeError";
  /** the types that have no weight */
  readonly eventTypes: readonly string[];

  constructor(message: string, eventTypes: readonly string[]) {
    super(message);
    this.eventTypes = eventTypes;
  }
}

/** A weight or half-life that is no number of its kind. */
export class EventWeightError extends Error {
  override name = "EventWeightError";
}

const purchaseNames = new Set([
  "purchase",
  "purchased",
  "order",
  "ordered",
  "buy",
  "bought",
  "transaction",
  "sale",
]);

/** Whether events of this type mean that the user now owns the item. */
export function isPurchase(eventType: string): boolean {
  return purchaseNames.has(eventType.toLowerCase());
}

/**
 * (eventTypes): the weight of each, names compared without case. The only type of a log needs no name: it weighs
 * 1. Weight 0 leaves a type's events out.
 * @throws UnknownEventTypeError naming the types that have no weight
 * @throws EventWeightError on a weight that is negative or no number
 */
export function weightsOf(
  eventTypes: readonly string[],
  weights: Readonly<Record<string, number>>,
): Float64Array {
  const byName = new Map(Object.entries(weights).map(([name, weight]) => [name.toLowerCase(), weight]));
  for (const [name, weight] of byName) {
    if (!(Number.isFinite(weight) && weight >= 0)) {
      throw new EventWeightError(`the weight of "${name}" is ${weight}, not a number of at least 0`);
    }
  }
  const unknown = eventTypes.filter((type) => !byName.has(type.toLowerCase()));
  if (unknown.length > 0 && eventTypes.length > 1) {
    const names = unknown.slice(0, 5).map((type) => `"${type.slice(0, 40)}"`);
    throw new UnknownEventTypeError(
      `no weight is known for the event type${names.length > 1 ? "s" : ""} ${names.join(", ")}` +
        `${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ""}; known are ${Object.keys(weights).join(", ")}. ` +
        `Name what it is worth, as in --weights ${unknown[0].slice(0, 40)}=1 (0 leaves it out)`,
      unknown,
    );
  }
  return Float64Array.from(eventTypes, (type) => byName.get(type.toLowerCase()) ?? 1);
}

/**
 * (eventTypes): days after which an event of each type counts half, Infinity for never. One number is for all;
 * a type that a record does not name keeps its weight for ever.
 * @throws EventWeightError on a half-life that is not above 0
 */
export function halfLivesOf(
  eventTypes: readonly string[],
  halfLifeDays: number | Readonly<Record<string, number>>,
): Float64Array {
  const named = typeof halfLifeDays === "number" ? [] : Object.entries(halfLifeDays);
  const all = typeof halfLifeDays === "number" ? halfLifeDays : Number.POSITIVE_INFINITY;
  const byName = new Map(named.map(([name, days]) => [name.toLowerCase(), days]));
  for (const [name, days] of [["all events", all] as const, ...byName]) {
    if (!(days > 0)) {
      throw new EventWeightError(`the half-life of ${name} is ${days}, not a number of days above 0`);
    }
  }
  return Float64Array.from(eventTypes, (type) => byName.get(type.toLowerCase()) ?? all);
}
