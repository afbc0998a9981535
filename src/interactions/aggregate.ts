import { createHash, type Hash } from "node:crypto";
import { type IdTable, IdTableBuilder } from "../math/id-table.ts";
import type { SparseRows } from "../math/sparse.ts";
import type { ConfidenceSettings } from "./confidence.ts";
import { type ConfidenceProgram, runConfidence } from "./confidence-program.ts";
import { type EventLog, rowsWhere, selectEvents } from "./event-log.ts";
import { halfLivesOf, isPurchase, weightsOf } from "./event-weights.ts";
import { type PairSums, secondsPerDay, sumPairs } from "./pair-sums.ts";

/** What every user did with every item: the observed matrix and what lies beside each of its entries. */
export interface Interactions {
  readonly users: IdTable;
  readonly items: IdTable;
  /** (users × items): c > 0 */
  readonly confidence: SparseRows;
  /** (pairs), aligned with `confidence.columns`: r, Σ of weight × 2^(−age/half-life) */
  readonly strength: Float32Array;
  /** (pairs): n */
  readonly count: Uint32Array;
  /** (pairs): Σ of the events' values */
  readonly value: Float32Array;
  /** (pairs): epoch seconds of the last event, 0 unknown */
  readonly lastTime: Uint32Array;
  /** (pairs): bit b is set where the user did something of `bitTypes[b]` */
  readonly typeBits: Uint8Array;
  /** purchases first, then by falling weight; all after the seventh share bit 7 */
  readonly bitTypes: readonly (readonly string[])[];
  /** the bits that mean a purchase; 0 where the data has none */
  readonly purchaseBits: number;
  readonly program: ConfidenceProgram;
  readonly weights: Readonly<Record<string, number>>;
  readonly halfLifeDays: number | Readonly<Record<string, number>>;
  /** epoch seconds of this log's last event, to which ages refer; 0 where it has no times */
  readonly now: number;
  /** SHA-256, hexadecimal, of ids, types and columns: equal for equal events in equal order */
  readonly digest: string;
}

/** A pair whose confidence is not a positive number. */
export class ConfidenceError extends Error {
  override name = "ConfidenceError";
}

/**
 * Sums a log's events by pair. Rows are only the users and items of this log, in the order in which they first
 * come; events whose type weighs 0 are as if they had not been read, but for `now` and `digest`.
 * @param program the settings' formula, compiled: this module loads no formula parser
 * @throws UnknownEventTypeError, EventWeightError; ConfidenceError where the formula gives a pair no positive
 * number
 */
export function aggregateBy(
  log: EventLog,
  settings: ConfidenceSettings,
  program: ConfidenceProgram,
): Interactions {
  const weights = weightsOf(log.eventTypes, settings.weights);
  const counted = withoutWeightless(log, weights);
  const user = numberByAppearance(counted.user, log.users);
  const item = numberByAppearance(counted.item, log.items);
  const now = lastTime(log);
  const bits = assignBits(log.eventTypes, weights);
  const sums = sumPairs({
    ...{ user: user.rows, item: item.rows, userCount: user.ids.count, itemCount: item.ids.count },
    ...{ type: counted.type, time: counted.time, value: counted.value },
    ...{
      weights,
      now,
      halfLives: halfLivesOf(log.eventTypes, settings.halfLifeDays),
      bitOfType: bits.bitOfType,
    },
  });
  const { starts, columns, ...aligned } = sums;
  const values = pairConfidence(program, sums, { now, users: user.ids, items: item.ids });
  return {
    users: user.ids,
    items: item.ids,
    confidence: { rowCount: user.ids.count, columnCount: item.ids.count, starts, columns, values },
    ...aligned,
    bitTypes: bits.bitTypes,
    purchaseBits: bits.purchaseBits,
    program,
    weights: settings.weights,
    halfLifeDays: settings.halfLifeDays,
    now,
    digest: digestOf(log),
  };
}

/** (pairs): the formula's value of each. */
function pairConfidence(
  program: ConfidenceProgram,
  sums: PairSums,
  { now, users, items }: { now: number; users: IdTable; items: IdTable },
): Float32Array {
  const values = new Float32Array(sums.columns.length);
  const variables = { r: 0, n: 0, value: 0, age: 0 };
  for (let user = 0; user + 1 < sums.starts.length; user++) {
    for (let k = sums.starts[user]; k < sums.starts[user + 1]; k++) {
      variables.r = sums.strength[k];
      variables.n = sums.count[k];
      variables.value = sums.value[k];
      variables.age = sums.lastTime[k] === 0 ? 0 : Math.max(0, (now - sums.lastTime[k]) / secondsPerDay);
      values[k] = runConfidence(program, variables);
      // Judged after rounding to f32, where a large or a small number can become Infinity or 0.
      if (values[k] > 0 && values[k] < Number.POSITIVE_INFINITY) continue;
      throw new ConfidenceError(
        `the confidence formula "${program.formula}" gives ${values[k]} for user "${users.id(user)}" and item ` +
          `"${items.id(sums.columns[k])}", where r = ${variables.r}, n = ${variables.n}, value = ${variables.value}, ` +
          `age = ${variables.age} days; it must be above 0 and finite for every pair`,
      );
    }
  }
  return values;
}

function withoutWeightless(log: EventLog, weights: Float64Array): EventLog {
  if (!weights.includes(0)) return log;
  return selectEvents(
    log,
    rowsWhere(log.length, (row) => weights[log.type[row]] > 0),
  );
}

/** Only the rows that occur, numbered from 0 in the order in which they first do. */
function numberByAppearance(rows: Uint32Array, ids: IdTable): { ids: IdTable; rows: Uint32Array } {
  const absent = 0xffffffff;
  const numbers = new Uint32Array(ids.count).fill(absent);
  const present = new Uint32Array(ids.count);
  let count = 0;
  let isSame = true;
  for (const row of rows) {
    if (numbers[row] !== absent) continue;
    if (row !== count) isSame = false;
    numbers[row] = count;
    present[count++] = row;
  }
  if (isSame && count === ids.count) return { ids, rows };
  const builder = new IdTableBuilder();
  for (const row of present.subarray(0, count)) builder.add(ids.id(row));
  const numbered = new Uint32Array(rows.length);
  for (let at = 0; at < rows.length; at++) numbered[at] = numbers[rows[at]];
  return { ids: builder.build(), rows: numbered };
}

/** Epoch seconds of the log's last event; 0 where it has no times. */
export function lastTime(log: EventLog): number {
  let last = 0;
  for (const time of log.time) if (time > last) last = time;
  return last;
}

/** A bit for each event type, as `Interactions.bitTypes` says; (eventTypes) → bit. */
function assignBits(eventTypes: readonly string[], weights: Float64Array) {
  const order = [...eventTypes.keys()]
    .filter((type) => weights[type] > 0)
    .sort(
      (a, b) =>
        Number(isPurchase(eventTypes[b])) - Number(isPurchase(eventTypes[a])) ||
        weights[b] - weights[a] ||
        a - b,
    );
  const bitOfType = new Uint8Array(eventTypes.length);
  const bitTypes: string[][] = [];
  let purchaseBits = 0;
  order.forEach((type, place) => {
    const bit = Math.min(place, 7);
    bitOfType[type] = bit;
    bitTypes[bit] = [...(bitTypes[bit] ?? []), eventTypes[type]];
    if (isPurchase(eventTypes[type])) purchaseBits |= 1 << bit;
  });
  return { bitOfType, bitTypes, purchaseBits };
}

/** SHA-256, hexadecimal. Depends on the events alone, not on what else the log's id tables hold. */
export function digestOf(log: EventLog): string {
  const hash = createHash("sha256");
  const columns: ArrayBufferView[] = [];
  for (const [rows, ids] of [[log.user, log.users] as const, [log.item, log.items] as const]) {
    const numbered = numberByAppearance(rows, ids);
    columns.push(numbered.ids.arrays.bytes, numbered.ids.arrays.offsets, numbered.rows);
  }
  columns.push(log.type, log.time, log.value);
  hash.update(JSON.stringify([log.eventTypes, log.length, columns.map((column) => column.byteLength)]));
  for (const column of columns) updateInPieces(hash, column);
  return hash.digest("hex");
}

/** A hash takes at most 2 GiB at once. */
const pieceBytes = 2 ** 30;

function updateInPieces(hash: Hash, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
  for (let from = 0; from < byteLength; from += pieceBytes) {
    hash.update(new Uint8Array(buffer, byteOffset + from, Math.min(pieceBytes, byteLength - from)));
  }
}
