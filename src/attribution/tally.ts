import type { BootstrapOptions, Interval } from "../math/bootstrap.ts";
import { ratioInterval } from "../math/ratio.ts";

export const dimensions = ["all", "row", "model", "arm"] as const;
export type Dimension = (typeof dimensions)[number];

/** What is counted of each user. */
type Measure = "shown" | "click" | "cart" | "purchase" | "revenue" | "spent";

export interface Group {
  readonly by: Dimension;
  readonly name: string;
  readonly users: number;
  readonly shown: number;
  /** share of the rows shown that were clicked */
  readonly clickThrough: Interval;
  /** share of the rows shown that were put into a cart */
  readonly addToCart: Interval;
  /** purchases that are owed to rows */
  readonly purchases: number;
  /** of these purchases, for a thousand rows shown */
  readonly revenuePerThousand: Interval;
  /** of an arm: of all that its users bought after they first saw an answer of it, owed to rows or not */
  readonly revenuePerUser?: Interval;
}

const none = { shown: 0, click: 0, cart: 0, purchase: 0, revenue: 0, spent: 0 };

/** Counts by group and user, so that intervals can be drawn over users. */
export class Tally {
  readonly #groups = new Map<Dimension, Map<string, Map<string, Record<Measure, number>>>>();

  add(
    names: Readonly<Partial<Record<Dimension, string | undefined>>>,
    unit: string,
    counts: Partial<Record<Measure, number>>,
  ): void {
    for (const [by, name] of Object.entries(names) as [Dimension, string | undefined][]) {
      if (name === undefined) continue;
      const users = within(within(this.#groups, by), name);
      const before = users.get(unit) ?? { ...none };
      for (const [measure, count] of Object.entries(counts)) before[measure as Measure] += count;
      users.set(unit, before);
    }
  }

  groups(options: BootstrapOptions): Group[] {
    return dimensions.flatMap((by) =>
      [...(this.#groups.get(by) ?? [])]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, users]) => groupOf({ by, name }, [...users.values()], options)),
    );
  }
}

function within<Key, Inner>(outer: Map<Key, Map<string, Inner>>, key: Key): Map<string, Inner> {
  const found = outer.get(key) ?? new Map<string, Inner>();
  outer.set(key, found);
  return found;
}

function groupOf(
  called: Pick<Group, "by" | "name">,
  users: readonly Record<Measure, number>[],
  options: BootstrapOptions,
): Group {
  const column = (measure: Measure) => users.map((each) => each[measure]);
  const sum = (measure: Measure) => column(measure).reduce((total, each) => total + each, 0);
  const ofRows = (measure: Measure) => ratioInterval(column(measure), column("shown"), options);
  const revenue = ofRows("revenue");
  return {
    ...called,
    users: users.length,
    shown: sum("shown"),
    clickThrough: ofRows("click"),
    addToCart: ofRows("cart"),
    purchases: sum("purchase"),
    revenuePerThousand: { value: 1000 * revenue.value, low: 1000 * revenue.low, high: 1000 * revenue.high },
    ...(called.by === "arm" && {
      revenuePerUser: ratioInterval(
        column("spent"),
        users.map(() => 1),
        options,
      ),
    }),
  };
}
