import { createRoute, z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { personal, problemResponse, responses } from "./answers.ts";
import { requireUser } from "./guard.ts";
import type { App, AppEnv, Host } from "./host.ts";
import { kept } from "./kept.ts";
import { idInPath } from "./parameters.ts";

const request = { params: z.object({ userId: idInPath }), query: z.strictObject({}) };

const forOwner: MiddlewareHandler<AppEnv> = async (c, next) => {
  requireUser(c.get("caller"), c.req.param("userId"));
  await next();
};

export const exportSchema = z
  .object({
    userId: z.string(),
    attributes: z.record(z.string(), z.unknown()).optional(),
    sessions: z.array(z.string()),
    events: z.array(z.looseObject({ eventId: z.string(), eventType: z.string(), time: z.number() })),
    exposures: z.array(z.looseObject({ recommendationId: z.string(), time: z.number() })),
    history: z
      .array(
        z.object({
          itemId: z.string(),
          strength: z.number(),
          lastEvent: z.string().optional(),
          eventTypes: z.array(z.string()),
        }),
      )
      .openapi({ description: "what the model was fitted on, by item" }),
  })
  .openapi("UserExport");

const getUser = createRoute({
  method: "get",
  path: "/users/{userId}",
  tags: ["Events"],
  summary: "All that is kept of a user",
  description: "A user who was never seen has empty lists: nobody learns from this who is a customer.",
  middleware: forOwner,
  request,
  responses: responses(exportSchema, "Everything, known or not"),
});

const deleteUser = createRoute({
  method: "delete",
  path: "/users/{userId}",
  tags: ["Events"],
  summary: "Erase a user",
  description:
    "Gone from every answer at once, and from what any model may use: the erasure is in a ledger that holds no id. " +
    "`aisle retention` then rewrites the files that still hold the id.",
  middleware: forOwner,
  request,
  responses: { 204: { description: "Erased, known or not" }, default: problemResponse("What went wrong") },
});

/** A user's data: exported, erased. */
export function addUsers(app: App, { serving }: Host): void {
  app.openapi(getUser, async (c) => {
    const { userId } = c.req.valid("param");
    const exported = await kept(() => serving.exportUser(userId));
    return c.json(exportSchema.parse(exported), 200, personal);
  });
  app.openapi(deleteUser, async (c) => {
    await kept(() => serving.eraseUser(c.req.valid("param").userId));
    return c.body(null, 204, personal);
  });
}
