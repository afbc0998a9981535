import type { Interactions } from "../interactions/aggregate.ts";
import type { EventLog } from "../interactions/event-log.ts";
import { isPurchase } from "../interactions/event-weights.ts";
import { type IdTable, IdTableBuilder } from "../math/id-table.ts";
import type { SparseRows } from "../math/sparse.ts";

/** `all`: whatever the user went on to take. `new`: only what the user had not bought before the cut. */
export type Task = "all" | "new";
export const tasks: readonly Task[] = ["all", "new"];

/** Which hidden events make an item relevant. */
export type Target = "purchase" | "any";

export interface HeldOutOptions {
  /** by default purchases where at least `purchasesMin` of them are hidden, else every event type */
  readonly target?: Target;
  /** 1,000 by default */
  readonly purchasesMin?: number;
}

/** Per user a set of item rows: user u's are `items[starts[u]]` up to `items[starts[u + 1] - 1]`, rising. */
export interface RelevantItems {
  /** (users + 1) */
  readonly starts: Uint32Array;
  readonly items: Uint32Array;
}

/** What was hidden from the fit, as what each user should be recommended. */
export interface HeldOut {
  readonly target: Target;
  /** says in words what counts as relevant and as new */
  readonly sentence: string;
  /** everyone with a hidden event of the target, in order of first appearance */
  readonly users: readonly string[];
  /** (users): 1 where the fitted part knows the user */
  readonly warm: Uint8Array;
  /** the fitted part's item rows first, unchanged; then the items that it never saw */
  readonly items: IdTable;
  readonly fittedItemCount: number;
  /** (fittedItemCount): in how many users' fitted histories an item is */
  readonly userCounts: Uint32Array;
  readonly relevant: Readonly<Record<Task, RelevantItems>>;
}

/** What is asked of the fitted part: of aggregated interactions, or of a model's histories. */
export interface FittedPart extends Pick<Interactions, "users" | "items" | "typeBits" | "purchaseBits"> {
  /** (users × items): which pairs are there */
  readonly confidence: Pick<SparseRows, "starts" | "columns">;
}

/**
 * Whether the new-items task hides a fitted pair (a position in `confidence.columns`): what was bought, or,
 * where the data has no purchases, whatever was interacted with. Serving's default `hide` says the same.
 */
export function isHiddenPair(fitted: FittedPart, pair: number): boolean {
  return fitted.purchaseBits === 0 || (fitted.typeBits[pair] & fitted.purchaseBits) !== 0;
}

/**
 * Compares a hidden part with the part that was fitted. Hidden items that the fitted part never saw stay
 * relevant: nobody can recommend them, and the denominators say so.
 */
export function holdOutTruth(fitted: FittedPart, hidden: EventLog, options: HeldOutOptions = {}): HeldOut {
  const target = options.target ?? chooseTarget(hidden, options.purchasesMin);
  const { users, items, pairs } = hiddenPairs(fitted, hidden, target);
  const fittedRows = users.map((id) => fitted.users.row(id));
  const isNew = (user: number, item: number): boolean => {
    const pair = fittedRows[user] < 0 ? -1 : findPair(fitted, fittedRows[user], item);
    return pair < 0 || !isHiddenPair(fitted, pair);
  };
  return {
    target,
    sentence: describeTasks(target, fitted.purchaseBits !== 0),
    users,
    warm: Uint8Array.from(fittedRows, (row) => (row < 0 ? 0 : 1)),
    items,
    fittedItemCount: fitted.items.count,
    userCounts: countUsers(fitted),
    relevant: {
      all: groupByUser(pairs, users.length, items.count, () => true),
      new: groupByUser(pairs, users.length, items.count, isNew),
    },
  };
}

/** Purchases where at least so many are hidden that they can tell recommenders apart, else every event type. */
export function chooseTarget(hidden: EventLog, purchasesMin = 1000): Target {
  const isTarget = targetTypes(hidden, "purchase");
  let count = 0;
  for (const type of hidden.type) if (isTarget[type]) count++;
  return count >= purchasesMin ? "purchase" : "any";
}

/** (eventTypes): whether hidden events of this type count. */
export function targetTypes({ eventTypes }: EventLog, target: Target): boolean[] {
  return eventTypes.map((type) => target === "any" || isPurchase(type));
}

function describeTasks(target: Target, hasPurchases: boolean): string {
  const relevant = target === "purchase" ? "bought" : "interacted with (any event type)";
  const before = hasPurchases ? "bought" : "interacted with";
  return `Relevant is what a user ${relevant} in the hidden part; new is what the user had not ${before} before.`;
}

/** The distinct (user, item) pairs of the target as user × itemCount + item, rising; users by first appearance. */
function hiddenPairs(
  fitted: FittedPart,
  hidden: EventLog,
  target: Target,
): { users: string[]; items: IdTable; pairs: Float64Array } {
  const counted = targetTypes(hidden, target);
  const builder = new IdTableBuilder();
  for (const id of fitted.items) builder.add(id);
  const users: string[] = [];
  const userOf = new Int32Array(hidden.users.count).fill(-1);
  const itemOf = new Int32Array(hidden.items.count).fill(-1);
  const found: [user: Uint32Array, item: Uint32Array] = [
    new Uint32Array(hidden.length),
    new Uint32Array(hidden.length),
  ];
  let count = 0;
  for (let row = 0; row < hidden.length; row++) {
    if (!counted[hidden.type[row]]) continue;
    const user = hidden.user[row];
    const item = hidden.item[row];
    if (userOf[user] < 0) userOf[user] = users.push(hidden.users.id(user)) - 1;
    if (itemOf[item] < 0) itemOf[item] = builder.add(hidden.items.id(item));
    found[0][count] = userOf[user];
    found[1][count++] = itemOf[item];
  }
  const items = builder.build();
  const pairs = new Float64Array(count);
  for (let at = 0; at < count; at++) pairs[at] = found[0][at] * items.count + found[1][at];
  return { users, items, pairs: distinct(pairs) };
}

/** Sorts in place and returns each value once. */
function distinct(values: Float64Array): Float64Array {
  values.sort();
  let count = 0;
  for (const value of values) if (count === 0 || values[count - 1] !== value) values[count++] = value;
  return values.subarray(0, count);
}

function groupByUser(
  pairs: Float64Array,
  userCount: number,
  itemCount: number,
  keep: (user: number, item: number) => boolean,
): RelevantItems {
  const starts = new Uint32Array(userCount + 1);
  const items = new Uint32Array(pairs.length);
  let count = 0;
  for (const pair of pairs) {
    const user = Math.floor(pair / itemCount);
    const item = pair - user * itemCount;
    if (!keep(user, item)) continue;
    items[count++] = item;
    starts[user + 1] = count;
  }
  for (let user = 0; user < userCount; user++) starts[user + 1] = Math.max(starts[user], starts[user + 1]);
  return { starts, items: items.slice(0, count) };
}

/** Where a pair stands in the fitted rows, or -1. Binary search: columns rise within a row. */
function findPair({ confidence: { starts, columns } }: FittedPart, user: number, item: number): number {
  let low = starts[user];
  let high = starts[user + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (columns[middle] < item) low = middle + 1;
    else high = middle;
  }
  return low < starts[user + 1] && columns[low] === item ? low : -1;
}

function countUsers({ confidence: { columns }, items }: FittedPart): Uint32Array {
  const counts = new Uint32Array(items.count);
  for (const item of columns) counts[item]++;
  return counts;
}
