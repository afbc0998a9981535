import type { EventLog } from "../interactions/event-log.ts";
import type { IdTable } from "../math/id-table.ts";

/** A purchase's or other event's columns, gathered shopper by shopper and put in order of time at the end. */
export class Visits {
  #capacity = 1 << 20;
  #length = 0;
  #basketCount = 0;
  #user = new Uint16Array(this.#capacity);
  #item = new Uint16Array(this.#capacity);
  #type = new Uint8Array(this.#capacity);
  #time = new Uint32Array(this.#capacity);
  #value = new Float32Array(this.#capacity);
  #basket = new Uint32Array(this.#capacity);

  get length(): number {
    return this.#length;
  }

  /** The number of a new order, from 1. */
  openBasket(): number {
    return ++this.#basketCount;
  }

  /** `time` is in seconds after the beginning. */
  add(user: number, item: number, type: number, time: number, value: number, basket: number): void {
    if (this.#length === this.#capacity) throw new RangeError(`a shop has at most ${this.#capacity} events`);
    const row = this.#length++;
    this.#user[row] = user;
    this.#item[row] = item;
    this.#type[row] = type;
    this.#time[row] = time;
    this.#value[row] = value;
    this.#basket[row] = basket;
  }

  /** (length): the rows in order of time; what happened at once stays in the order in which it was added. */
  #order(): Uint32Array {
    const keys = new Float64Array(this.#length);
    for (let row = 0; row < this.#length; row++) keys[row] = this.#time[row] * this.#capacity + row;
    keys.sort();
    return Uint32Array.from(keys, (key) => key % this.#capacity);
  }

  toEventLog(users: IdTable, items: IdTable, eventTypes: readonly string[], startTime: number): EventLog {
    const order = this.#order();
    const length = order.length;
    const log = {
      ...{ users, items, eventTypes, length, hasTime: true },
      user: new Uint32Array(length),
      item: new Uint32Array(length),
      type: new Uint8Array(length),
      time: new Float64Array(length),
      value: new Float32Array(length),
      basket: new Uint32Array(length),
    };
    for (let to = 0; to < length; to++) {
      const row = order[to];
      log.user[to] = this.#user[row];
      log.item[to] = this.#item[row];
      log.type[to] = this.#type[row];
      log.time[to] = startTime + this.#time[row];
      log.value[to] = this.#value[row];
      log.basket[to] = this.#basket[row];
    }
    return log;
  }

  /** The rows of one event type by shopper, each shopper's in the order added. */
  byShopper(
    type: number,
    shopperCount: number,
  ): { starts: Uint32Array; items: Uint16Array; times: Uint32Array } {
    const starts = new Uint32Array(shopperCount + 1);
    const rows: number[] = [];
    for (let row = 0; row < this.#length; row++) {
      if (this.#type[row] !== type) continue;
      // Shoppers are played one after the other, so the rows are grouped already.
      rows.push(row);
      starts[this.#user[row] + 1]++;
    }
    for (let shopper = 0; shopper < shopperCount; shopper++) starts[shopper + 1] += starts[shopper];
    return {
      starts,
      items: Uint16Array.from(rows, (row) => this.#item[row]),
      times: Uint32Array.from(rows, (row) => this.#time[row]),
    };
  }
}
