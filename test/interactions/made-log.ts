import { type EventLog, EventLogBuilder } from "../../src/interactions/event-log.ts";

export interface MadeEvent {
  readonly user: string;
  readonly item: string;
  readonly type?: string;
  readonly time?: number;
  readonly value?: number;
  readonly basket?: string;
}

/** A log of the given events, in that order; without a time they have none. */
export function makeLog(events: readonly MadeEvent[], options?: { unordered?: boolean }): EventLog {
  const builder = new EventLogBuilder(options);
  for (const { user, item, type = "View", time = Number.NaN, value = 0, basket } of events) {
    builder.add({ userId: user, itemId: item, eventType: type, time, value, ...(basket && { basket }) });
  }
  return builder.build();
}

/** The events of a log, as they would be given to `makeLog`. */
export function eventsOf(log: EventLog): MadeEvent[] {
  return Array.from({ length: log.length }, (_, row) => ({
    user: log.users.id(log.user[row]),
    item: log.items.id(log.item[row]),
    type: log.eventTypes[log.type[row]],
    ...(Number.isNaN(log.time[row]) ? {} : { time: log.time[row] }),
    value: log.value[row],
  }));
}
