import type { EventLog } from "../interactions/event-log.ts";
import { type IdTable, IdTableBuilder } from "../math/id-table.ts";
import { packTensors, type TensorData, TensorFile, TensorFileError } from "../tensors/safetensors.ts";

/** What a trial learns from and what judges it; the two share their id tables. */
export interface SweepParts {
  readonly train: EventLog;
  readonly validation: EventLog;
}

const version = "1";
const partNames = ["train", "validation"] as const;

/**
 * Both parts as one safetensors file, 9 to 25 bytes an event: columns `train.user`, `train.item`, `train.type` and,
 * where the events have them, `train.time`, `train.value` and `train.basket`; the same for `validation`. Users and items are
 * numbers in it: a trial needs no ids, so the file names nobody.
 */
export function packParts({ train, validation }: SweepParts): Uint8Array<ArrayBuffer> {
  if (train.users !== validation.users || train.items !== validation.items) {
    throw new RangeError("the parts of a sweep are cut from one log, and share its id tables");
  }
  const tensors: Record<string, { data: TensorData }> = {};
  for (const name of partNames) {
    for (const [column, data] of Object.entries(columnsOf(name === "train" ? train : validation))) {
      if (data !== undefined) tensors[`${name}.${column}`] = { data };
    }
  }
  return packTensors(tensors, {
    format: "aisle-sweep",
    version,
    users: String(train.users.count),
    items: String(train.items.count),
    eventTypes: JSON.stringify(train.eventTypes),
    hasTime: String(train.hasTime),
    unordered: String(train.unordered ?? false),
  });
}

/** @throws TensorFileError on a file that is no such one, or of another version of this program */
export function openParts(bytes: Uint8Array, where: string): SweepParts {
  const file = TensorFile.open(bytes, where);
  const { metadata } = file;
  if (metadata.format !== "aisle-sweep" || metadata.version !== version) {
    throw new TensorFileError(
      `${where}: format "${metadata.format}" of version ${metadata.version}, where "aisle-sweep" of version ` +
        `${version} is read: the one who began the sweep and the function are of different releases; deploy again`,
    );
  }
  const shared = {
    users: numbered(Number(metadata.users)),
    items: numbered(Number(metadata.items)),
    eventTypes: JSON.parse(metadata.eventTypes) as string[],
    hasTime: metadata.hasTime === "true",
    ...(metadata.unordered === "true" && { unordered: true }),
  };
  return { train: openPart(file, "train", shared), validation: openPart(file, "validation", shared) };
}

function columnsOf(log: EventLog): Record<string, TensorData | undefined> {
  const { user, item, type, value, basket } = log;
  return {
    ...{ user, item, type, basket },
    time: log.time.every(Number.isNaN) ? undefined : compactTimes(log.time),
    value: value.every((one) => one === 0) ? undefined : value,
  };
}

/** Whole seconds, as most data has them, take half the room. */
function compactTimes(time: Float64Array): TensorData {
  const seconds = Uint32Array.from(time);
  return seconds.every((second, row) => second === time[row]) ? seconds : time;
}

type Shared = Pick<EventLog, "users" | "items" | "eventTypes" | "hasTime" | "unordered">;

function openPart(file: TensorFile, part: string, shared: Shared): EventLog {
  const at = (column: string): string => `${part}.${column}`;
  const user = file.u32(at("user"));
  const { length } = user;
  return {
    ...shared,
    ...{ length, user, item: file.u32(at("item")), type: file.u8(at("type")) },
    time: timesOf(file, at("time"), length),
    value: file.has(at("value")) ? file.f32(at("value")) : new Float32Array(length),
    ...(file.has(at("basket")) && { basket: file.u32(at("basket")) }),
  };
}

function timesOf(file: TensorFile, name: string, length: number): Float64Array {
  if (!file.has(name)) return new Float64Array(length).fill(Number.NaN);
  return file.dtype(name) === "U32" ? Float64Array.from(file.u32(name)) : file.f64(name);
}

/** Ids that are their row's number. */
function numbered(count: number): IdTable {
  const builder = new IdTableBuilder();
  for (let row = 0; row < count; row++) builder.add(String(row));
  return builder.build();
}
