import type { Interactions } from "../interactions/aggregate.ts";
import type { IdTable } from "../math/id-table.ts";
import { Random } from "../math/random.ts";
import { type ImportedEquation, type Side, type SidePairs, sidePairs } from "./equation.ts";
import { ExchangeError } from "./exchange-error.ts";
import type { ImportedFactors } from "./imported-factors.ts";

/** What factors are said to be fitted to, and what was kept from them. */
export interface FittedTo {
  readonly fitted: Interactions;
  /** the same with the hidden events; absent where nothing was held out */
  readonly everything?: Interactions | undefined;
}

export interface RowsCheck {
  readonly side: Side;
  /** how many rows were held against the equation */
  readonly rowCount: number;
  /** the middle and the largest of their distances, as `ImportedEquation.distance` */
  readonly median: number;
  readonly largest: number;
}

/** Rows asked of each kind: with hidden events, and without. */
const askedMax = 250;
/** An exact fit differs by rounding alone, some 1e-7; one event more or less differs by percents. */
const exactMax = 0.01;
/** implicit's last step is not exact, and some 0.3 % off; other weights are tens of percents off. */
const nearMax = 0.05;

/**
 * Whether the factors are those of these events: ids must agree, and the rows that the program solved last must be what
 * its equation gives. Spark's are, to rounding. implicit takes a few steps only, and its matrix may have been weighed in
 * ways that nobody can say here; so there the rows must be nearer to the fitted events than to all of them.
 * @throws ExchangeError on factors that have seen what is hidden, or Spark's of other events or settings
 */
export function checkRows(factors: ImportedFactors, equation: ImportedEquation, to: FittedTo): RowsCheck {
  requireIds("user", factors.users.ids, factors, to);
  requireIds("item", factors.items.ids, factors, to);
  const { side } = equation;
  const fitted = sidePairs(to.fitted, side);
  const everything = to.everything && sidePairs(to.everything, side);
  const asked = askRows(fitted, everything);
  const distances = asked.map(({ id }) => equation.distance(fitted, id));
  const told = distances.filter((distance) => !Number.isNaN(distance)).sort((a, b) => a - b);
  const [median = 0, largest = 0] = [told[Math.floor(told.length / 2)], told[told.length - 1]];
  if (largest > exactMax) {
    if (everything) refuseSeen(factors, equation, { asked, fitted, everything });
    if (factors.by === "spark") throw otherFit(factors, median, largest);
  }
  return { side, rowCount: told.length, median, largest };
}

interface Asked {
  readonly id: string;
  readonly isHidden: boolean;
}

function refuseSeen(
  { where }: ImportedFactors,
  equation: ImportedEquation,
  to: { readonly asked: readonly Asked[]; readonly fitted: SidePairs; readonly everything: SidePairs },
): void {
  const hidden = to.asked.filter(({ isHidden }) => isHidden);
  const nearer = hidden.filter(
    ({ id }) => equation.distance(to.everything, id) < equation.distance(to.fitted, id),
  );
  if (nearer.length * 2 <= hidden.length) return;
  throw new ExchangeError(
    `${where}: these factors have seen the hidden events: of ${hidden.length} ${equation.side} that have any, the rows ` +
      `of ${nearer.length} are nearer to what all of their events give. Fit again to what lies before the cut, or ` +
      "import without one (no --test-from, no --holdout), and nothing is measured",
  );
}

function otherFit({ where }: ImportedFactors, median: number, largest: number): ExchangeError {
  return new ExchangeError(
    `${where}: these factors are not what Spark's equation gives for these events: users' rows are up to ` +
      `${percent(largest)} off (half of them more than ${percent(median)}). Name the events, --weights, ` +
      "--half-life, --confidence, --alpha, --regularization and the cut of the fit itself",
  );
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

/** Rows with more events in all than in the fitted part, and others, drawn with a seed. */
function askRows({ ids, eventCounts }: SidePairs, everything: SidePairs | undefined): Asked[] {
  const rows = new Random("imported rows").shuffle(Uint32Array.from({ length: ids.count }, (_, row) => row));
  const asked: Asked[] = [];
  const left = { true: askedMax, false: askedMax };
  for (const row of rows) {
    const id = ids.id(row);
    const inAll = everything?.eventCounts[everything.ids.row(id)] ?? 0;
    const isHidden = inAll > eventCounts[row];
    if (left[`${isHidden}`]-- > 0) asked.push({ id, isHidden });
  }
  return asked;
}

function percent(share: number): string {
  return share < 1e-6 ? "less than 0.0001 %" : `${(share * 100).toFixed(share < 0.001 ? 4 : 1)} %`;
}

/** The check in a sentence. */
export function describeRows(
  { side, rowCount, median, largest }: RowsCheck,
  { by }: ImportedFactors,
  users: "given" | "solved",
): string {
  const off =
    `the rows of ${rowCount} ${side} differ from the equation's by ${percent(median)} (median) and ` +
    `${percent(largest)} (the furthest)`;
  if (by === "spark") return `${off}: folding a history in gives the stored row`;
  if (median > nearMax) {
    const lists = users === "given" ? "; lists come from the stored rows" : " (--users given: not the lists)";
    return `${off}: the matrix was weighed otherwise than --weights and --confidence say, so sessions and reasons are only alike${lists}`;
  }
  return users === "solved"
    ? `${off}: users are folded in by the equation, as by recalculate_user`
    : `${off}: lists come from the stored rows, sessions and reasons from the equation (--users solved: both)`;
}
