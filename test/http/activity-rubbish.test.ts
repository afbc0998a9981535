import fc from "fast-check";
import { beforeAll, beforeEach, expect, it } from "vitest";
import type { App } from "../../src/http/host.ts";
import type { Answer } from "../../src/serving/query.ts";
import { logged } from "../serving/small-shop.ts";
import { storedServing } from "../serving/stored-serving.ts";
import { getJson, post, smallApp } from "./small-app.ts";

let app: App;
beforeAll(async () => {
  app = await smallApp({ auth: "open", serving: (await storedServing()).serving });
});
beforeEach(() => {
  logged.length = 0;
});

const oddIds = [
  "__proto__",
  "constructor",
  "\0",
  "user#x",
  "session#x",
  "' OR 1=1 --",
  "💥",
  " ",
  "%",
  "a/b",
  "id:View",
];
const id = fc
  .oneof(fc.constantFrom(...oddIds), fc.string({ unit: "binary", minLength: 1, maxLength: 40 }))
  .map((text) => text.toWellFormed());
/** A path's `.` and `..` are taken away by whoever makes the address. */
const idInPath = id.filter((text) => text !== "." && text !== "..");
const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), id);

it("answers any body with sense, and never a 500", async () => {
  const event = fc.dictionary(
    fc.constantFrom("eventType", "itemId", "sentAt", "properties", "impression", "eventValue", "other"),
    value,
  );
  const body = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.record({
      sessionId: value,
      userId: value,
      eventList: fc.oneof(fc.array(event, { maxLength: 3 }), value),
    }),
    fc.record({
      items: fc.array(fc.record({ itemId: id, properties: fc.oneof(value, fc.dictionary(id, value)) })),
    }),
    fc.record({
      users: fc.array(fc.record({ userId: id, properties: fc.oneof(value, fc.dictionary(id, value)) })),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("/events", "/items", "/users"), body, async (path, content) => {
      const response = await app.request(path, post(JSON.stringify(content)));
      expect([200, 400]).toContain(response.status);
      expect(logged).toEqual([]);
      expect(await response.text()).not.toMatch(/Invalid input|ZodError|TypeError|SQLITE/);
    }),
    { seed: 1, numRuns: 250 },
  );
});

it("gives back under any ids what was posted under them, until it is erased", async () => {
  const posted = fc.record({ userId: idInPath, sessionId: id, eventId: id, itemId: id });
  await fc.assert(
    fc.asyncProperty(posted, async ({ userId, sessionId, eventId, itemId }) => {
      const eventList = [{ eventId, itemId, eventType: "View", sentAt: 1_700_000_100 }];
      expect((await getJson(app, "/events", post({ userId, sessionId, eventList }))).status).toBe(200);
      const path = `/users/${encodeURIComponent(userId)}`;
      const { body } = await getJson<{ userId: string; events: object[] }>(app, path);
      expect(body.userId).toBe(userId);
      expect(body.events).toContainEqual(expect.objectContaining({ eventId, userId, sessionId }));
      expect((await app.request(path, { method: "DELETE" })).status).toBe(204);
      expect((await getJson(app, path)).body).toMatchObject({ events: [], sessions: [], exposures: [] });
    }),
    { seed: 1, numRuns: 80 },
  );
});

it("gives exactly as many rows after any activity, each once", async () => {
  const items = ["ítem 3", "ítem 4", "ítem 6", "new", "unheard"];
  const event = fc.record({
    eventType: fc.constantFrom("View", "purchase", "hide", "Share"),
    itemId: fc.constantFrom(...items),
    sentAt: fc.integer({ min: 1_600_000_000, max: 1_760_000_000 }),
  });
  const posted = fc.record({ userId: fc.constantFrom("user 4", "newcomer"), sessionId: id });
  await fc.assert(
    fc.asyncProperty(posted, fc.array(event, { minLength: 1, maxLength: 10 }), async (who, eventList) => {
      await getJson(app, "/events", post({ ...who, eventList }));
      const { body } = await getJson<Answer>(app, "/recommendations", post({ ...who, numResults: 20 }));
      expect(new Set(body.items.map(({ itemId }) => itemId)).size).toBe(20);
      const gone = eventList.filter(({ eventType }) => eventType === "purchase" || eventType === "hide");
      for (const { itemId } of gone) expect(body.items.map((row) => row.itemId)).not.toContain(itemId);
    }),
    { seed: 1, numRuns: 60 },
  );
});
