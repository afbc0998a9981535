import { type IdTable, IdTableBuilder } from "../math/id-table.ts";

/** One thing that one user did with one item. */
export interface UserEvent {
  readonly userId: string;
  readonly itemId: string;
  readonly eventType: string;
  /** epoch seconds; NaN where the data has no times */
  readonly time: number;
  /** what the event was worth, such as price × quantity; 0 where the data does not say */
  readonly value: number;
  /** the order or session that it belongs to, where the data says */
  readonly basket?: string;
}

/** Events in the order in which they were read, by columns. */
export interface EventLog {
  readonly users: IdTable;
  readonly items: IdTable;
  /** at most 256, as first spelt; they are told apart without case */
  readonly eventTypes: readonly string[];
  readonly length: number;
  /** (length): row in `users` */
  readonly user: Uint32Array;
  /** (length): row in `items` */
  readonly item: Uint32Array;
  /** (length): index in `eventTypes` */
  readonly type: Uint8Array;
  /** (length): epoch seconds, NaN where absent */
  readonly time: Float64Array;
  /** (length) */
  readonly value: Float32Array;
  /** every event has its time */
  readonly hasTime: boolean;
  /** (length): number of the order or session from 1, 0 for none; absent where no event has one */
  readonly basket?: Uint32Array;
  /** the order of the rows means nothing, as in `user item item …` lists */
  readonly unordered?: boolean;
}

/** More event types than a byte can number. */
export class TooManyEventTypesError extends Error {
  override name = "TooManyEventTypesError";
}

const eventTypesMax = 256;

/** Gathers events into columns that grow by doubling. */
export class EventLogBuilder {
  readonly #users = new IdTableBuilder();
  readonly #items = new IdTableBuilder();
  readonly #eventTypes: string[] = [];
  /** a type as spelt or in lower case → its index */
  readonly #typeIndex = new Map<string, number>();
  readonly #baskets = new IdTableBuilder();
  #capacity = 1024;
  #length = 0;
  #missingTimes = 0;
  #user = new Uint32Array(this.#capacity);
  #item = new Uint32Array(this.#capacity);
  #type = new Uint8Array(this.#capacity);
  #time = new Float64Array(this.#capacity);
  #value = new Float32Array(this.#capacity);
  #basket: Uint32Array | undefined;
  readonly #unordered: boolean;

  constructor(options: { unordered?: boolean } = {}) {
    this.#unordered = options.unordered ?? false;
  }

  get length(): number {
    return this.#length;
  }

  /** Throws a RangeError on an empty id or one past 1,024 bytes; nothing is added then. */
  add(event: UserEvent): void {
    const user = this.#users.add(event.userId);
    const item = this.#items.add(event.itemId);
    const type = this.#typeIndex.get(event.eventType) ?? this.#addType(event.eventType);
    if (this.#length === this.#capacity) this.#grow();
    const row = this.#length++;
    this.#user[row] = user;
    this.#item[row] = item;
    this.#type[row] = type;
    this.#time[row] = event.time;
    this.#value[row] = event.value;
    if (Number.isNaN(event.time)) this.#missingTimes++;
    if (event.basket) {
      this.#basket ??= new Uint32Array(this.#capacity);
      this.#basket[row] = this.#baskets.add(event.basket) + 1;
    }
  }

  build(): EventLog {
    const length = this.#length;
    return {
      users: this.#users.build(),
      items: this.#items.build(),
      eventTypes: [...this.#eventTypes],
      length,
      // Views, since copies would for a moment take twice the memory; what is added later lies behind them.
      user: this.#user.subarray(0, length),
      item: this.#item.subarray(0, length),
      type: this.#type.subarray(0, length),
      time: this.#time.subarray(0, length),
      value: this.#value.subarray(0, length),
      hasTime: length > 0 && this.#missingTimes === 0,
      ...(this.#basket && { basket: this.#basket.subarray(0, length) }),
      ...(this.#unordered && { unordered: true }),
    };
  }

  #addType(eventType: string): number {
    const folded = eventType.toLowerCase();
    let index = this.#typeIndex.get(folded);
    if (index === undefined) {
      index = this.#eventTypes.length;
      if (index === eventTypesMax) {
        throw new TooManyEventTypesError(
          `there are more than ${eventTypesMax} event types ("${eventType.slice(0, 40)}" is one more): is the event column the right one?`,
        );
      }
      this.#eventTypes.push(eventType);
      this.#typeIndex.set(folded, index);
    }
    this.#typeIndex.set(eventType, index);
    return index;
  }

  #grow(): void {
    this.#capacity *= 2;
    const larger = <T extends { set(from: T): void }>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.#user = larger(this.#user, new Uint32Array(this.#capacity));
    this.#item = larger(this.#item, new Uint32Array(this.#capacity));
    this.#type = larger(this.#type, new Uint8Array(this.#capacity));
    this.#time = larger(this.#time, new Float64Array(this.#capacity));
    this.#value = larger(this.#value, new Float32Array(this.#capacity));
    if (this.#basket) this.#basket = larger(this.#basket, new Uint32Array(this.#capacity));
  }
}

/** The events of `rows`, in that order; the id tables are shared, so rows keep their meaning across parts. */
export function selectEvents(log: EventLog, rows: Uint32Array): EventLog {
  return {
    ...log,
    length: rows.length,
    user: gather(log.user, rows, new Uint32Array(rows.length)),
    item: gather(log.item, rows, new Uint32Array(rows.length)),
    type: gather(log.type, rows, new Uint8Array(rows.length)),
    time: gather(log.time, rows, new Float64Array(rows.length)),
    value: gather(log.value, rows, new Float32Array(rows.length)),
    ...(log.basket && { basket: gather(log.basket, rows, new Uint32Array(rows.length)) }),
  };
}

function gather<T extends { [index: number]: number }>(column: T, rows: Uint32Array, into: T): T {
  for (let i = 0; i < rows.length; i++) into[i] = column[rows[i]];
  return into;
}

/** (rows that pass): their numbers, rising. */
export function rowsWhere(length: number, passes: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(length);
  let count = 0;
  for (let row = 0; row < length; row++) if (passes(row)) rows[count++] = row;
  return rows.subarray(0, count);
}
