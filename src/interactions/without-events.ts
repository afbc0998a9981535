import { type EventLog, EventLogBuilder } from "./event-log.ts";

/**
 * The log without some users' events, and without the ids that none is left of: what is fitted on it holds no trace of
 * them. The same log where nothing is dropped.
 * @param dropsUpTo epoch seconds up to which a user's events are dropped, those without a time too; `undefined`: none
 */
export function withoutEvents(log: EventLog, dropsUpTo: (userId: string) => number | undefined): EventLog {
  const until = Float64Array.from(
    { length: log.users.count },
    (_, row) => dropsUpTo(log.users.id(row)) ?? Number.NEGATIVE_INFINITY,
  );
  const isKept = (row: number): boolean => {
    const limit = until[log.user[row]];
    return limit === Number.NEGATIVE_INFINITY || log.time[row] > limit;
  };
  const builder = new EventLogBuilder({ unordered: log.unordered ?? false });
  for (let row = 0; row < log.length; row++) {
    if (!isKept(row)) continue;
    builder.add({
      userId: log.users.id(log.user[row]),
      itemId: log.items.id(log.item[row]),
      eventType: log.eventTypes[log.type[row]],
      time: log.time[row],
      value: log.value[row],
      ...(log.basket?.[row] && { basket: String(log.basket[row]) }),
    });
  }
  return builder.length === log.length ? log : builder.build();
}
