import { createRoute, z } from "@hono/zod-openapi";
import { promoteModel, rollBack, showChannel } from "../../admin/channel-moves.ts";
import { listModels, showModel } from "../../admin/model-list.ts";
import { listRuns, showRun } from "../../admin/run-list.ts";
import { responses } from "../answers.ts";
import type { App } from "../host.ts";
import { Problem } from "../problem.ts";
import type { AdminHost } from "./admin-host.ts";
import { fromETag, ifMatch, nothing, reason, tags, toETag, unshared } from "./admin-responses.ts";
import { whoAsks } from "./callers.ts";
import {
  channelStateSchema,
  modelDetailSchema,
  modelsSchema,
  promotedSchema,
  rolledBackSchema,
  runDetailSchema,
  runsSchema,
} from "./schemas.ts";

const name = z
  .string()
  .regex(/^[\w.-]{1,100}$/, "must be the name of a version: letters, digits, _, . and -")
  .openapi({ example: "20261123T201500Z-1f0c" });

const getModels = createRoute({
  method: "get",
  path: "/admin/models",
  tags: tags.models,
  summary: "Every model with what it measured, beside the baselines of the same cut",
  request: nothing,
  responses: responses(modelsSchema, "Models, the newest first"),
});

const getModel = createRoute({
  method: "get",
  path: "/admin/models/{version}",
  tags: tags.models,
  summary: "One model, and what the gate says to it now",
  request: { params: z.object({ version: name }), ...nothing },
  responses: responses(modelDetailSchema, "The model"),
});

const getChannel = createRoute({
  method: "get",
  path: "/admin/channel",
  tags: tags.models,
  summary: "What is live, and every change with who made it, when and why",
  request: nothing,
  responses: responses(channelStateSchema, "The channel; its ETag is what a change goes by"),
});

const force = reason.optional().openapi({
  description:
    "a reason of its own to make it live although the gate holds it; kept in the channel's history",
});
const promotion = z.strictObject({ version: name, reason, force });

const postPromote = createRoute({
  method: "post",
  path: "/admin/channel/promote",
  tags: tags.models,
  summary: "Make a model live, if the gate agrees",
  description:
    "409 with the gate's answer where it holds the model; 412 where the channel has changed meanwhile.",
  request: {
    ...{ ...nothing, ...ifMatch },
    body: { required: true, content: { "application/json": { schema: promotion } } },
  },
  responses: responses(promotedSchema, "It is live"),
});

const rollback = z.strictObject({ version: name.optional(), reason });

const postRollback = createRoute({
  method: "post",
  path: "/admin/channel/rollback",
  tags: tags.models,
  summary: "Go back to the model before, or to one that is named",
  request: {
    ...{ ...nothing, ...ifMatch },
    body: { required: true, content: { "application/json": { schema: rollback } } },
  },
  responses: responses(rolledBackSchema, "What is live now"),
});

const getRuns = createRoute({
  method: "get",
  path: "/admin/runs",
  tags: tags.models,
  summary: "Every training run and what came of it",
  request: nothing,
  responses: responses(runsSchema, "Runs, the newest first"),
});

const getRun = createRoute({
  method: "get",
  path: "/admin/runs/{run}",
  tags: tags.models,
  summary: "One run with its trials",
  request: { params: z.object({ run: name }), ...nothing },
  responses: responses(runDetailSchema, "The run"),
});

export function addModels(app: App, host: AdminHost): void {
  const { desk } = host;
  app.openapi(getModels, async (c) => c.json({ models: await listModels(desk) }, 200, unshared));
  app.openapi(getModel, async (c) => {
    return c.json(await showModel(desk, c.req.valid("param").version), 200, unshared);
  });
  app.openapi(getChannel, async (c) => {
    const { etag, ...state } = await showChannel(desk);
    const tag = toETag(etag ?? noChannel);
    return c.json({ ...state, etag: tag }, 200, { ...unshared, ETag: tag });
  });
  app.openapi(postPromote, async (c) => {
    const { version, reason: why, force } = c.req.valid("json");
    const expected = expectedOf(c.req.header("if-match"));
    const gate = await promoteModel(desk, { version, why, force, who: whoAsks(host, c), expected });
    if (gate.decision === "hold") throw held(gate);
    return c.json({ version, gate }, 200, unshared);
  });
  app.openapi(postRollback, async (c) => {
    const { version, reason: why } = c.req.valid("json");
    const expected = expectedOf(c.req.header("if-match"));
    const live = await rollBack(desk, { version, why, who: whoAsks(host, c), expected });
    return c.json({ version: live }, 200, unshared);
  });
  app.openapi(getRuns, async (c) => c.json({ runs: await listRuns(desk) }, 200, unshared));
  app.openapi(getRun, async (c) => c.json(await showRun(desk, c.req.valid("param").run), 200, unshared));
}

/** Stands for the etag of a channel that is not there yet. */
const noChannel = "none";

function expectedOf(header: string | undefined): string | undefined {
  const etag = fromETag(header);
  return etag === noChannel ? undefined : etag;
}

function held(gate: { readonly reason: string }): Problem {
  return new Problem({
    ...{ name: "held", status: 409, title: "Held by the gate", extra: { gate } },
    detail: `It was not made live: ${gate.reason}.`,
  });
}
