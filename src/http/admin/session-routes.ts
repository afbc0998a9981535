import { createRoute, z } from "@hono/zod-openapi";
import { problemResponse, responses } from "../answers.ts";
import type { App } from "../host.ts";
import type { AdminHost } from "./admin-host.ts";
import { nothing, tags, unshared } from "./admin-responses.ts";
import { endSession, findAdmin, keepSession, whoAsks, wrongKeysSlowly } from "./callers.ts";
import { sessionSchema } from "./schemas.ts";

const getSession = createRoute({
  method: "get",
  path: "/admin/session",
  tags: tags.session,
  summary: "Who is signed in, and to what",
  request: nothing,
  responses: responses(sessionSchema, "The session"),
});

const key = z.strictObject({ key: z.string().min(1).max(200) });

const postSession = createRoute({
  method: "post",
  path: "/admin/session",
  tags: tags.session,
  summary: "Sign a browser in, by the key that the server printed or an admin key",
  description: "The key is kept in a cookie that scripts cannot read and other sites' requests do not carry.",
  request: { ...nothing, body: { required: true, content: { "application/json": { schema: key } } } },
  responses: responses(sessionSchema, "Signed in"),
});

const deleteSession = createRoute({
  method: "delete",
  path: "/admin/session",
  tags: tags.session,
  summary: "Sign a browser out",
  request: nothing,
  responses: { 204: { description: "Signed out" }, default: problemResponse("What went wrong") },
});

export function addSession(app: App, host: AdminHost): void {
  const { desk } = host;
  const wrongSlowly = wrongKeysSlowly(host);
  const session = (who: string) => ({
    ...{ who, channel: desk.channel, registry: desk.registry.store.location },
    hasReport: host.report !== undefined,
  });
  app.openapi(getSession, (c) => c.json(session(whoAsks(host, c)), 200, unshared));
  app.openapi(postSession, (c) => {
    const asked = c.req.valid("json").key;
    const { who } = wrongSlowly(c, () => findAdmin(host, asked, c.env));
    keepSession(host, c, asked);
    return c.json(session(who), 200, unshared);
  });
  app.openapi(deleteSession, (c) => {
    endSession(host, c);
    return c.body(null, 204);
  });
}
