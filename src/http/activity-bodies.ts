import { z } from "@hono/zod-openapi";
import type { ActivityEvent, Properties } from "../activity/activity-store.ts";
import { idLengthMax } from "./parameters.ts";

const eventsMax = 10;
const impressionMax = 25;
const eventPropertiesMax = 1024;
const propertiesMax = 24_000;
const recordsMax = 10;
/** Clocks of browsers are wrong by hours, seldom by days; a time far ahead would age everything else. */
const aheadSecondsMax = 24 * 3600;

const text = (lengthMax: number) =>
  z
    .string({ error: "must be text" })
    .min(1, "must not be empty")
    .max(lengthMax, `must have at most ${lengthMax} characters`);
const id = text(idLengthMax);
const objectError = ({ code }: { code?: string }) =>
  code === "invalid_type" ? "must be a JSON object" : undefined;

const list = <T extends z.ZodType>(of: T, max: number) => {
  const count = `must hold 1 to ${max}`;
  return z
    .array(of, { error: `must be a list: ${count}` })
    .min(1, count)
    .max(max, count);
};

/** JSON in text, as Personalize's clients send it, or the object itself. */
const properties = (lengthMax: number) =>
  z
    .union([z.string(), z.record(z.string(), z.unknown())], {
      error: "must be an object, or its JSON as text",
    })
    .transform((value, context): Properties => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      const parsed = text.length > lengthMax ? undefined : objectOf(text);
      if (parsed !== undefined) return parsed;
      const message =
        text.length > lengthMax
          ? `must have at most ${lengthMax} characters as JSON`
          : "must be an object, or its JSON as text";
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    })
    .openapi({
      anyOf: [{ type: "object" }, { type: "string", contentMediaType: "application/json" }],
      description: `an object or its JSON as text, at most ${lengthMax} characters`,
    });

function objectOf(text: string): Properties | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Properties)
      : undefined;
  } catch {
    return undefined;
  }
}

const timeMessage = "must be epoch seconds or an ISO 8601 date, at most a day ahead";
const sentAt = z
  .union([z.number(), z.string()], { error: timeMessage })
  .transform((value, context): number => {
    const seconds = typeof value === "number" ? value : Date.parse(value) / 1000;
    if (seconds > 0 && seconds < Date.now() / 1000 + aheadSecondsMax) return seconds;
    context.addIssue({ code: "custom", message: timeMessage });
    return z.NEVER;
  })
  .openapi({
    anyOf: [
      { type: "number", exclusiveMinimum: 0 },
      { type: "string", format: "date-time" },
    ],
    description: "epoch seconds, or an ISO 8601 date as text, at most a day ahead",
  });

const postedEvent = z.strictObject(
  {
    eventId: id.optional().openapi({ description: "a second event of the same id is ignored: send one" }),
    eventType: id.openapi({ example: "View", description: "`hide` never shows the item to this user again" }),
    eventValue: z.number({ error: "must be a number" }).optional(),
    itemId: id.optional(),
    properties: properties(eventPropertiesMax).optional(),
    sentAt,
    recommendationId: id.optional().openapi({ description: "the answer that it followed from" }),
    impression: list(id, impressionMax).optional().openapi({ description: "the items that were shown" }),
    metricAttribution: z
      .strictObject({ eventAttributionSource: text(1024) }, { error: objectError })
      .optional(),
  },
  { error: objectError },
);

export const eventsBody = z.strictObject(
  {
    trackingId: id.optional().openapi({ description: "taken for Amazon Personalize's sake" }),
    userId: id
      .optional()
      .openapi({ description: "absent before a login; a shopper's token says it by itself" }),
    sessionId: id,
    eventList: list(postedEvent, eventsMax),
  },
  { error: objectError },
);

const said = { properties: properties(propertiesMax).optional() };
const item = z.strictObject({ itemId: id, ...said }, { error: objectError });
const user = z.strictObject({ userId: id, ...said }, { error: objectError });
const datasetArn = text(2048).optional().openapi({ description: "taken for Amazon Personalize's sake" });

export const itemsBody = z.strictObject(
  { datasetArn, items: list(item, recordsMax) },
  { error: objectError },
);

export const usersBody = z.strictObject(
  { datasetArn, users: list(user, recordsMax) },
  { error: objectError },
);

/** The posted events as they are kept; one without an id gets one that no other has. */
export function eventsOf(
  { sessionId, eventList }: z.output<typeof eventsBody>,
  userId: string | undefined,
): ActivityEvent[] {
  return eventList.map(({ eventId, sentAt: time, eventValue, metricAttribution, ...event }) => ({
    ...event,
    eventId: eventId ?? crypto.randomUUID(),
    sessionId,
    ...(userId !== undefined && { userId }),
    time,
    ...(eventValue !== undefined && { value: eventValue }),
    ...(metricAttribution && { attributionSource: metricAttribution.eventAttributionSource }),
  }));
}
