import type { EventLog } from "../interactions/event-log.ts";
import { type IdArrays, IdTable } from "../math/id-table.ts";

/** An `EventLog` whose columns lie in shared memory: every thread reads the same bytes, none copies them. */
export interface SharedLog extends Omit<EventLog, "users" | "items"> {
  readonly users: IdArrays;
  readonly items: IdArrays;
}

export function shareLog(log: EventLog): SharedLog {
  return {
    ...log,
    users: shareIds(log.users),
    items: shareIds(log.items),
    user: shared(log.user),
    item: shared(log.item),
    type: shared(log.type),
    time: shared(log.time),
    value: shared(log.value),
    ...(log.basket && { basket: shared(log.basket) }),
  };
}

export function openLog(log: SharedLog): EventLog {
  return { ...log, users: new IdTable(log.users), items: new IdTable(log.items) };
}

function shareIds({ arrays }: IdTable): IdArrays {
  return { bytes: shared(arrays.bytes), offsets: shared(arrays.offsets), slots: shared(arrays.slots) };
}

function shared<T extends Uint8Array | Uint32Array | Float64Array | Float32Array>(array: T): T {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const copy = new (array.constructor as new (buffer: SharedArrayBuffer) => T)(
    new SharedArrayBuffer(array.byteLength),
  );
  copy.set(array);
  return copy;
}
