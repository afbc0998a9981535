import { createRoute, z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { Recall } from "../serving/recall.ts";
import { eventsBody, eventsOf, itemsBody, usersBody } from "./activity-bodies.ts";
import { personal, problemResponse, responses } from "./answers.ts";
import { requireUser } from "./guard.ts";
import type { App, AppEnv, Host } from "./host.ts";
import { forServers } from "./identify.ts";
import { kept } from "./kept.ts";
import { idInPath } from "./parameters.ts";
import type { SampleRequest } from "./postman.ts";
import { notOffered } from "./problem.ts";
import { addUsers } from "./users.ts";

const nothing = z.strictObject({});
const json = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { "application/json": { schema } },
});

/** A body that names a user other than the caller's own is refused before it is looked at. */
const forPosters: MiddlewareHandler<AppEnv> = async (c, next) => {
  requireUser(c.get("caller"), undefined);
  await next();
};

const postEvents = createRoute({
  method: "post",
  path: "/events",
  tags: ["Events"],
  summary: "What a user or a session did",
  description:
    "Amazon Personalize's PutEvents. Kept when it is answered, and part of the next answer of every server. An event " +
    "without `userId` belongs to its session; the first one that names a user takes the session's earlier ones along.",
  middleware: forPosters,
  request: { query: nothing, body: json(eventsBody) },
  "x-requests": [
    {
      name: "A view",
      needsKey: true,
      body: {
        trackingId: "storefront",
        userId: "postman-visitor",
        sessionId: "postman-session",
        eventList: [{ eventId: "view-1", eventType: "View", itemId: "{{itemId}}", sentAt: 1767323045 }],
      },
    },
  ] satisfies SampleRequest[],
  responses: responses(
    z.object({ accepted: z.int(), repeated: z.int().openapi({ description: "known by their eventId" }) }),
    "All of them are kept",
  ),
});

const postItems = createRoute({
  method: "post",
  path: "/items",
  tags: ["Events"],
  summary: "What has changed about items",
  description:
    "Amazon Personalize's PutItems. Properties take the names that a file of items may have, any other is an " +
    "attribute; what is not named stays. `available: false` and `deleted: true` hold from the next answer, all else " +
    "within the catalogue's time to live.",
  middleware: forServers,
  request: { query: nothing, body: json(itemsBody) },
  "x-requests": [
    {
      name: "A price",
      needsKey: true,
      body: { items: [{ itemId: "{{itemId}}", properties: { price: 12.5 } }] },
    },
  ] satisfies SampleRequest[],
  responses: responses(z.object({ accepted: z.int() }), "All of them are kept"),
});

const postUsers = createRoute({
  method: "post",
  path: "/users",
  tags: ["Events"],
  summary: "What filters may ask of users",
  description: "Amazon Personalize's PutUsers. What is not named stays.",
  middleware: forServers,
  request: { query: nothing, body: json(usersBody) },
  "x-requests": [
    {
      name: "A membership",
      needsKey: true,
      body: { users: [{ userId: "postman-visitor", properties: { plan: "gold" } }] },
    },
  ] satisfies SampleRequest[],
  responses: responses(z.object({ accepted: z.int() }), "All of them are kept"),
});

/** The routes that need a store of activity; without one they say so, and nobody loses data by a 200. */
export function addActivity(app: App, host: Host): void {
  const { activity } = host.serving;
  if (activity === undefined) addRefusals(app);
  else {
    addPosts(app, activity);
    addUsers(app, host);
  }
}

function addPosts(app: App, activity: Recall): void {
  const { store } = activity;
  app.openapi(postEvents, async (c) => {
    const body = c.req.valid("json");
    const events = eventsOf(body, requireUser(c.get("caller"), body.userId));
    const accepted = await kept(() => store.putEvents(events));
    return c.json({ accepted, repeated: events.length - accepted }, 200, personal);
  });
  app.openapi(postItems, async (c) => {
    const items = withProperties(c.req.valid("json").items);
    await kept(() => activity.putItems(items));
    return c.json({ accepted: items.length }, 200, personal);
  });
  app.openapi(postUsers, async (c) => {
    const users = withProperties(c.req.valid("json").users);
    await kept(() => store.putUsers(users));
    return c.json({ accepted: users.length }, 200, personal);
  });
}

function withProperties<T extends { readonly properties?: object | undefined }>(records: readonly T[]) {
  return records.map((record) => ({ ...record, properties: { ...record.properties } }));
}

function addRefusals(app: App): void {
  const summary = "Needs a store of activity, which this server has not";
  const routes = [
    ["post", "/events"],
    ["post", "/items"],
    ["post", "/users"],
    ["get", "/users/{userId}"],
    ["delete", "/users/{userId}"],
  ] as const;
  for (const [method, path] of routes) {
    const route = createRoute({
      method,
      path,
      tags: ["Events"],
      summary,
      "x-requests": [{ name: summary, ...(method === "post" && { body: {} }) }] satisfies SampleRequest[],
      request: path.endsWith("}") ? { params: z.object({ userId: idInPath }) } : {},
      responses: { 501: problemResponse("There is no store") },
    });
    app.openapi(route, () => {
      throw notOffered("This server has no store of activity (AISLE_EVENTS): nothing was kept.");
    });
  }
}
