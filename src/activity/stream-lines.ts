import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { ActivityEvent, Exposure } from "./activity-store.ts";
import { isDismissal } from "./dismissal.ts";
import { type TableRecord, unmarshal } from "./dynamo-table.ts";

/** A record of the table's stream, as a Pipe hands it on. */
export interface StreamRecord {
  readonly eventName?: string | undefined;
  readonly dynamodb?:
    | { readonly NewImage?: Readonly<Record<string, AttributeValue>> | undefined }
    | undefined;
}

/**
 * What goes to the archive: an object for each event and each exposure that has come to the table, which becomes a line
 * of JSON. `aisle_record` tells them apart: training reads `event`, what a user did with an item; an event of a session
 * that is nobody's yet is a `session-event`, and comes again as an `event` of the same `event_id` once somebody logs in;
 * a user's event without an item, or by which the user hides one, is an `other-event`. Whatever else changes in the
 * table, and whatever leaves it, makes no line.
 */
export function archiveRecords(records: readonly StreamRecord[]): object[] {
  return records.flatMap(({ eventName, dynamodb }) => {
    if (eventName !== "INSERT" || dynamodb?.NewImage === undefined) return [];
    return recordOf(unmarshal(dynamodb.NewImage)) ?? [];
  });
}

function recordOf({ sk, body }: TableRecord): object | undefined {
  if (body === undefined) return undefined;
  if (sk.startsWith("event#")) return eventLine(JSON.parse(body) as ActivityEvent);
  if (sk.startsWith("exposure#")) return exposureLine(JSON.parse(body) as Exposure);
  return undefined;
}

function kindOf({ userId, itemId, eventType }: ActivityEvent): string {
  if (userId === undefined) return "session-event";
  return itemId === undefined || isDismissal(eventType) ? "other-event" : "event";
}

function eventLine(event: ActivityEvent): object {
  return {
    aisle_record: kindOf(event),
    event_id: event.eventId,
    user_id: event.userId,
    session_id: event.sessionId,
    item_id: event.itemId,
    event_type: event.eventType,
    timestamp: event.time,
    event_value: event.value,
    recommendation_id: event.recommendationId,
    impression: event.impression,
    attribution_source: event.attributionSource,
    properties: event.properties,
  };
}

function exposureLine(exposure: Exposure): object {
  return {
    aisle_record: "exposure",
    recommendation_id: exposure.recommendationId,
    user_id: exposure.userId,
    session_id: exposure.sessionId,
    timestamp: exposure.time,
    model: exposure.model,
    channel: exposure.channel,
    experiment: exposure.experiment,
    arm: exposure.arm,
    source: exposure.source,
    rows: exposure.rows,
  };
}
