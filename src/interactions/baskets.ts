import type { IdTable } from "../math/id-table.ts";
import type { SparseRows } from "../math/sparse.ts";
import type { EventLog } from "./event-log.ts";
import { isPurchase } from "./event-weights.ts";
import { countingSort } from "./pair-sums.ts";

/** Which events make baskets, and how long a pause ends one that has no number. */
export interface BasketRule {
  /** (eventTypes): whether events of this type are in baskets */
  readonly isCounted: readonly boolean[];
  readonly pauseSecondsMax: number;
}

/** An order, or a visit, that goes on as long as nobody pauses for more than half an hour. */
const pauseSecondsMax = 1800;
/** A basket of more items is a warehouse's: it says little of any pair, and its pairs grow with its square. */
const basketItemsMax = 500;

/** What was bought together; of a log without purchases, whatever was done together. */
export function orderRule({ eventTypes }: EventLog): BasketRule {
  const bought = eventTypes.map(isPurchase);
  const isCounted = bought.includes(true) ? bought : eventTypes.map(() => true);
  return { isCounted, pauseSecondsMax };
}

/** What was looked at in one visit: everything but purchases. Undefined where there is nothing else. */
export function visitRule({ eventTypes }: EventLog): BasketRule | undefined {
  const isCounted = eventTypes.map((type) => !isPurchase(type));
  return isCounted.includes(true) && isCounted.includes(false) ? { isCounted, pauseSecondsMax } : undefined;
}

/** Whatever was done in one visit. */
export function sessionRule({ eventTypes }: EventLog): BasketRule {
  return { isCounted: eventTypes.map(() => true), pauseSecondsMax };
}

/**
 * Each basket's items as rows of `items`, each once: (baskets × items), values 1. Events of one user with the same
 * number are one basket; those without a number are one as long as no pause is longer than the rule's, so where times
 * are days a basket is a day. Events with neither number nor time are in none; nor are those of items that `items`
 * does not know.
 */
export function groupBaskets(log: EventLog, items: IdTable, rule: BasketRule): SparseRows {
  const rowOf = Int32Array.from({ length: log.items.count }, (_, item) => items.row(log.items.id(item)));
  const gathered = new Gathered();
  const byUser = countingSort(undefined, log.user, log.users.count);
  const user: number[] = [];
  for (let at = 0; at < byUser.length; at++) {
    const row = byUser[at];
    if (rule.isCounted[log.type[row]] && rowOf[log.item[row]] >= 0) user.push(row);
    const isLast = at + 1 === byUser.length || log.user[byUser[at + 1]] !== log.user[row];
    if (!isLast) continue;
    for (const basket of basketsOfUser(log, user, rule)) {
      gathered.add(new Set(basket.map((event) => rowOf[log.item[event]])));
    }
    user.length = 0;
  }
  return gathered.rows(items.count);
}

/** One user's events, split into baskets; numbered ones first, in the order of their first event. */
function basketsOfUser(log: EventLog, events: readonly number[], rule: BasketRule): number[][] {
  const numbered = new Map<number, number[]>();
  const rest: number[] = [];
  for (const event of events) {
    const number = log.basket?.[event] ?? 0;
    if (number === 0) {
      if (!Number.isNaN(log.time[event])) rest.push(event);
    } else {
      const known = numbered.get(number);
      if (known) known.push(event);
      else numbered.set(number, [event]);
    }
  }
  const baskets = [...numbered.values()];
  let last = Number.NEGATIVE_INFINITY;
  for (const event of rest.sort((a, b) => log.time[a] - log.time[b])) {
    if (log.time[event] - last > rule.pauseSecondsMax) baskets.push([]);
    baskets[baskets.length - 1].push(event);
    last = log.time[event];
  }
  return baskets;
}

/** Columns that grow by doubling. */
class Gathered {
  readonly #starts = [0];
  #columns = new Uint32Array(1024);

  add(basket: ReadonlySet<number>): void {
    if (basket.size > basketItemsMax) return;
    const from = this.#starts[this.#starts.length - 1];
    const to = from + basket.size;
    if (to > this.#columns.length) {
      const larger = new Uint32Array(Math.max(to, this.#columns.length * 2));
      larger.set(this.#columns);
      this.#columns = larger;
    }
    this.#columns.set([...basket], from);
    this.#columns.subarray(from, to).sort();
    this.#starts.push(to);
  }

  rows(columnCount: number): SparseRows {
    const columns = this.#columns.slice(0, this.#starts[this.#starts.length - 1]);
    return {
      rowCount: this.#starts.length - 1,
      columnCount,
      starts: Uint32Array.from(this.#starts),
      columns,
      values: new Float32Array(columns.length).fill(1),
    };
  }
}
