import type { Interactions } from "../interactions/aggregate.ts";
import type { IdTable } from "../math/id-table.ts";
import { Random } from "../math/random.ts";
import type { ImportedEquation } from "./equation.ts";
import { ExchangeError } from "./exchange-error.ts";
import type { ImportedFactors } from "./imported-factors.ts";

/** What factors are said to be fitted to, and what was kept from them. */
export interface FittedTo {
  readonly fitted: Interactions;
  /** the same with the hidden events; absent where nothing was held out */
  readonly everything?: Interactions | undefined;
}

export interface RowsCheck {
  /** how many users' rows were held against the equation */
  readonly userCount: number;
  /** the middle and the largest of their distances, as `ImportedEquation.distance` */
  readonly median: number;
  readonly largest: number;
}

/** Users asked of each kind: with hidden events, and without. */
const askedMax = 250;
/** An exact fit differs by rounding alone, some 1e-6; one event more or less differs by percents. */
const exactMax = 0.01;

/**
 * Whether the factors are those of these events: ids must agree, and users' rows must be what the equation gives for
 * what they did. Spark's are, to rounding, since its last half-step solves the users exactly; implicit solves the items
 * last and by a few steps only, so there the rows must be nearer to the fitted events than to all of them.
 * @throws ExchangeError on factors that have seen what is hidden, or that belong to other events or settings
 */
export function checkRows(factors: ImportedFactors, equation: ImportedEquation, to: FittedTo): RowsCheck {
  requireIds("user", factors.users.ids, factors, to);
  requireIds("item", factors.items.ids, factors, to);
  const asked = askUsers(to);
  const distances = asked.map(({ userId }) => equation.distance(to.fitted, userId));
  const told = distances.filter((distance) => !Number.isNaN(distance)).sort((a, b) => a - b);
  const check = {
    userCount: told.length,
    median: told[Math.floor(told.length / 2)] ?? 0,
    largest: told[told.length - 1] ?? 0,
  };
  const isExact = check.largest <= exactMax;
  if (isExact) return check;
  const { everything } = to;
  const hidden = asked.filter(({ isHidden }) => isHidden);
  const nearer = everything
    ? hidden.filter(
        ({ userId }) => equation.distance(everything, userId) < equation.distance(to.fitted, userId),
      )
    : [];
  if (nearer.length * 2 > hidden.length) {
    throw new ExchangeError(
      `${factors.where}: these factors have seen the hidden events: for ${nearer.length} of ${hidden.length} users who ` +
        "have any, their row is nearer to what all of their events give. Fit again to what lies before the cut, or " +
        "import without one (no --test-from, no --holdout), and nothing is measured",
    );
  }
  if (factors.by === "spark") {
    throw new ExchangeError(
      `${factors.where}: these factors are not what Spark's equation gives for these events: users' rows are up to ` +
        `${percent(check.largest)} off (half of them more than ${percent(check.median)}). Name the events, --weights, ` +
        "--half-life, --confidence, --alpha, --regularization and the cut of the fit itself",
    );
  }
  return check;
}

function requireIds(what: "user" | "item", given: IdTable, { where }: ImportedFactors, to: FittedTo): void {
  const known = what === "user" ? to.fitted.users : to.fitted.items;
  const all = what === "user" ? to.everything?.users : to.everything?.items;
  const missing = idsWhere(known, (id) => given.row(id) < 0);
  if (missing.length > 0) {
    throw new ExchangeError(
      `${where}: ${missing.length} of ${known.count} ${what}s with events have no factors, the first is "${missing[0]}": ` +
        "name the events and the cut that the factors were fitted to",
    );
  }
  const leaked = all ? idsWhere(all, (id) => known.row(id) < 0 && given.row(id) >= 0) : [];
  if (leaked.length > 0) {
    throw new ExchangeError(
      `${where}: these factors have seen the hidden events: ${leaked.length} ${what}s, the first is "${leaked[0]}", come ` +
        "only there. Fit again to what lies before the cut, or import without one",
    );
  }
}

function idsWhere(ids: IdTable, passes: (id: string) => boolean): string[] {
  const found: string[] = [];
  for (const id of ids) if (passes(id)) found.push(id);
  return found;
}

/** Users with more in all than in the fitted part, and others, drawn with a seed. */
function askUsers({ fitted, everything }: FittedTo): { userId: string; isHidden: boolean }[] {
  const order = new Random("imported rows").shuffle(
    Uint32Array.from({ length: fitted.users.count }, (_, row) => row),
  );
  const asked: { userId: string; isHidden: boolean }[] = [];
  const left = { true: askedMax, false: askedMax };
  for (const row of order) {
    const userId = fitted.users.id(row);
    const isHidden =
      everything !== undefined && eventsOf(everything, everything.users.row(userId)) > eventsOf(fitted, row);
    if (left[`${isHidden}`]-- > 0) asked.push({ userId, isHidden });
  }
  return asked;
}

function eventsOf({ confidence: { starts }, count }: Interactions, user: number): number {
  let events = 0;
  if (user >= 0) for (let pair = starts[user]; pair < starts[user + 1]; pair++) events += count[pair];
  return events;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.001 ? 4 : 1)} %`;
}

/** The check in a sentence. */
export function describeRows({ userCount, median, largest }: RowsCheck, by: ImportedFactors["by"]): string {
  const off = `${userCount} users' rows are ${percent(median)} off what the equation gives in the middle, ${percent(largest)} at most`;
  return by === "spark"
    ? `${off}: folding a history in gives the stored row`
    : `${off}: lists come from the stored rows, sessions and reasons from the equation (--users solved: both)`;
}
