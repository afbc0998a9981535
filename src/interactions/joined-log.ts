import { type EventLog, EventLogBuilder } from "./event-log.ts";

/** The events of `first`, then those of `second`: such as train and validation for the last fit. */
export function joinLogs(first: EventLog, second: EventLog): EventLog {
  if (
    first.users !== second.users ||
    first.items !== second.items ||
    first.eventTypes !== second.eventTypes
  ) {
    return rebuild(first, second);
  }
  const length = first.length + second.length;
  const baskets = first.basket && second.basket ? [first.basket, second.basket] : undefined;
  return {
    ...first,
    length,
    hasTime: (first.length === 0 || first.hasTime) && (second.length === 0 || second.hasTime) && length > 0,
    user: join(new Uint32Array(length), first.user, second.user),
    item: join(new Uint32Array(length), first.item, second.item),
    type: join(new Uint8Array(length), first.type, second.type),
    time: join(new Float64Array(length), first.time, second.time),
    value: join(new Float32Array(length), first.value, second.value),
    ...(baskets && { basket: join(new Uint32Array(length), baskets[0], baskets[1]) }),
  };
}

/** Logs read apart: their ids and types are numbered anew. Baskets are, too, so none of the two merge. */
function rebuild(...logs: readonly EventLog[]): EventLog {
  const builder = new EventLogBuilder({ unordered: logs.some((log) => log.unordered) });
  logs.forEach((log, part) => {
    for (let row = 0; row < log.length; row++) {
      builder.add({
        userId: log.users.id(log.user[row]),
        itemId: log.items.id(log.item[row]),
        eventType: log.eventTypes[log.type[row]],
        time: log.time[row],
        value: log.value[row],
        ...(log.basket?.[row] && { basket: `${part}:${log.basket[row]}` }),
      });
    }
  });
  return builder.build();
}

function join<T extends { set(from: T, at?: number): void; readonly length: number }>(
  into: T,
  a: T,
  b: T,
): T {
  into.set(a);
  into.set(b, a.length);
  return into;
}
