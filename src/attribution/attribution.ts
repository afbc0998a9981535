import type { ActivityRecords, Exposure } from "../activity/activity-store.ts";
import { type OutcomeKind, Outcomes, type Shown } from "./outcomes.ts";
import { type Group, Tally } from "./tally.ts";

export interface AttributionOptions {
  /** an event that names no answer is owed to the last one that showed its item within so many seconds before */
  readonly windowSeconds: number;
  /** epoch seconds, both ends included */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  readonly resamples: number;
  readonly seed: number;
}

/** What came of where the caller says that events came from (Personalize's `metricAttribution`). */
export interface SourceCounts extends Record<OutcomeKind, number> {
  readonly name: string;
  revenue: number;
}

export interface Attribution {
  readonly answers: number;
  /** clicks, carts and purchases, and how many of them are owed to a row */
  readonly outcomes: number;
  readonly owed: number;
  /** users who saw more than one arm; they count in the first */
  readonly switched: number;
  readonly groups: readonly Group[];
  readonly sources: readonly SourceCounts[];
}

/**
 * What came of the rows that answers showed. An event that names its answer (`recommendationId`) is owed to that
 * answer's row of the item, and to none where the answer shows no such item; one that names none is owed to the last
 * answer that showed the user the item. Intervals are drawn over users.
 *
 * @param read gives the records from their beginning each time: events are read first, then what was shown
 */
export async function attribute(
  read: () => AsyncIterable<ActivityRecords>,
  options: AttributionOptions,
): Promise<Attribution> {
  const { windowSeconds, from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = options;
  const isWithin = (time: number) => time >= from && time <= until;
  const outcomes = await Outcomes.read(read(), isWithin);
  const tally = new Tally();
  const arms = new FirstArms();
  const answers = new Set<string>();
  for await (const { exposures } of read()) {
    for (const exposure of exposures) {
      if (!isWithin(exposure.time) || answers.has(exposure.recommendationId)) continue;
      answers.add(exposure.recommendationId);
      for (const { itemId, ...shown } of shownRows(exposure, outcomes)) {
        arms.see(shown);
        tally.add(namesOf(shown), shown.unit, { shown: 1 });
        claim(shown, itemId, outcomes, windowSeconds);
      }
    }
  }
  countOwed(outcomes, tally);
  countSpent(outcomes, arms, tally);
  return {
    answers: answers.size,
    outcomes: outcomes.all.length,
    owed: outcomes.all.filter(({ owedTo }) => owedTo !== undefined).length,
    switched: arms.switched.size,
    groups: tally.groups(options),
    sources: countSources(outcomes),
  };
}

function shownRows(exposure: Exposure, outcomes: Outcomes): (Shown & { readonly itemId: string })[] {
  const { recommendationId, time, model, experiment, rows } = exposure;
  const arm = experiment === undefined ? exposure.arm : `${experiment}/${exposure.arm}`;
  const unit = outcomes.unitOf(exposure) ?? `answer ${recommendationId}`;
  return rows.map(({ itemId, source }) => ({
    recommendationId,
    time,
    unit,
    row: source,
    model,
    arm,
    itemId,
  }));
}

function claim(shown: Shown, itemId: string, outcomes: Outcomes, windowSeconds: number): void {
  for (const outcome of outcomes.ofAnswer(shown.recommendationId)) {
    if (outcome.itemId === itemId) outcome.owedTo = shown;
  }
  for (const outcome of outcomes.ofUnit(shown.unit, itemId)) {
    const age = outcome.event.time - shown.time;
    const isLater = outcome.owedTo === undefined || outcome.owedTo.time < shown.time;
    if (age >= 0 && age <= windowSeconds && isLater) outcome.owedTo = shown;
  }
}

const namesOf = ({ row, model, arm }: Shown) => ({ all: "all", row, model, arm });

/** A row is clicked, and put into a cart, at most once; it may be bought more often. */
function countOwed(outcomes: Outcomes, tally: Tally): void {
  const counted = new Set<string>();
  for (const { event, itemId, kind, owedTo } of outcomes.all) {
    if (owedTo === undefined) continue;
    const { unit, recommendationId } = owedTo;
    const key = JSON.stringify([recommendationId, itemId, kind]);
    if (kind === "purchase") tally.add(namesOf(owedTo), unit, { purchase: 1, revenue: event.value ?? 0 });
    else if (!counted.has(key)) tally.add(namesOf(owedTo), unit, { [kind]: 1 });
    counted.add(key);
  }
}

/** What arms are compared by: all that their users spent, since a row may only have moved a purchase. */
function countSpent(outcomes: Outcomes, arms: FirstArms, tally: Tally): void {
  for (const { event, kind } of outcomes.all) {
    const unit = outcomes.unitOf(event);
    const first = unit === undefined ? undefined : arms.of(unit);
    if (unit === undefined || first === undefined || kind !== "purchase" || event.time < first.time) continue;
    tally.add({ arm: first.arm }, unit, { spent: event.value ?? 0 });
  }
}

function countSources({ all }: Outcomes): SourceCounts[] {
  const counts = new Map<string, SourceCounts>();
  for (const { event, kind } of all) {
    const name = event.attributionSource;
    if (name === undefined) continue;
    const before = counts.get(name) ?? { name, click: 0, cart: 0, purchase: 0, revenue: 0 };
    before[kind]++;
    if (kind === "purchase") before.revenue += event.value ?? 0;
    counts.set(name, before);
  }
  return [...counts.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The arm that each user saw first, and who saw another later. */
class FirstArms {
  readonly switched = new Set<string>();
  readonly #first = new Map<string, { arm: string; time: number }>();

  see({ unit, arm, time }: Shown): void {
    if (arm === undefined) return;
    const first = this.#first.get(unit);
    if (first !== undefined && first.arm !== arm) this.switched.add(unit);
    if (first === undefined || time < first.time) this.#first.set(unit, { arm, time });
  }

  of(unit: string): { readonly arm: string; readonly time: number } | undefined {
    return this.#first.get(unit);
  }
}
