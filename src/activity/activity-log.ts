import { type EventLog, EventLogBuilder } from "../interactions/event-log.ts";
import type { ActivityStore } from "./activity-store.ts";
import { isDismissal } from "./dismissal.ts";

/** The events of a store as training reads them: those of a user with an item, dismissals left out. */
export async function readActivityLog(
  store: ActivityStore,
  onProgress?: (eventCount: number) => void,
): Promise<EventLog> {
  const builder = new EventLogBuilder();
  for await (const events of store.userEvents()) {
    for (const { userId, itemId, eventType, time, value = 0, sessionId } of events) {
      if (userId === undefined || itemId === undefined || isDismissal(eventType)) continue;
      builder.add({ userId, itemId, eventType, time, value, basket: sessionId });
    }
    onProgress?.(builder.length);
  }
  return builder.build();
}
