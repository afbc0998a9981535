import { createRoute, z } from "@hono/zod-openapi";
import type { Serving } from "../serving/serving.ts";
import { responses } from "./answers.ts";
import type { App, Host } from "./host.ts";
import { Problem } from "./problem.ts";

const noStore = { "Cache-Control": "no-store" };
const nothing = { query: z.strictObject({}) };

const getLive = createRoute({
  method: "get",
  path: "/health/live",
  tags: ["Operation"],
  summary: "The process answers",
  request: nothing,
  responses: responses(z.object({ state: z.literal("live") }), "It does"),
});

export const readySchema = z
  .object({
    state: z.literal("ready"),
    auth: z.enum(["open", "keys"]).openapi({ description: "open: nobody has to say who they are" }),
    model: z.object({ version: z.string(), channel: z.string() }),
    catalog: z.object({ version: z.string() }).optional(),
  })
  .openapi("Ready");

const getReady = createRoute({
  method: "get",
  path: "/health/ready",
  tags: ["Operation"],
  summary: "A trained model serves",
  request: nothing,
  responses: responses(readySchema, "It does; 503 until then, and why"),
});

export const modelSchema = z
  .object({
    version: z.string(),
    channel: z.string(),
    trainedAt: z.string().optional(),
    rank: z.int().optional(),
    users: z.int().optional(),
    items: z.int().optional(),
    catalog: z.string().optional(),
    settings: z.unknown().optional(),
    metrics: z.unknown().optional(),
  })
  .openapi("Model");

const getModel = createRoute({
  method: "get",
  path: "/model",
  tags: ["Operation"],
  summary: "Which model serves; for the shop's own servers also how good it is",
  request: nothing,
  responses: responses(modelSchema, "The model"),
});

export function addHealth(app: App, { serving, guard, training }: Host): void {
  app.openapi(getLive, (c) => c.json({ state: "live" as const }, 200, noStore));
  app.openapi(getReady, (c) => {
    const { snapshot } = serving;
    const progress = training?.();
    if (snapshot === undefined || progress !== undefined) throw notReady(serving, guard.auth, progress);
    const { version, channel, catalogVersion } = snapshot.parts;
    const catalog = catalogVersion === undefined ? {} : { catalog: { version: catalogVersion } };
    const body = { state: "ready" as const, auth: guard.auth, model: { version, channel }, ...catalog };
    return c.json(body, 200, noStore);
  });
}

export function addModel(app: App, { serving }: Host): void {
  app.openapi(getModel, (c) => {
    const { snapshot } = serving;
    if (snapshot === undefined) throw noModel();
    const { version, channel, trainedAt, catalogVersion, metrics, settings } = snapshot.parts;
    const { rank, userCount, itemCount } = snapshot.model;
    const trained = trainedAt === undefined ? {} : { trainedAt };
    const { kind } = c.get("caller");
    // How many customers a shop has, and how well it knows them, is its own business.
    if (kind === "anonymous" || kind === "shopper")
      return c.json({ version, channel, ...trained }, 200, noStore);
    const counts = { rank, users: userCount, items: itemCount };
    const catalog = catalogVersion === undefined ? {} : { catalog: catalogVersion };
    return c.json({ version, channel, ...trained, ...counts, ...catalog, settings, metrics }, 200, noStore);
  });
}

/** 503 while there is nothing to answer from. */
export function noModel(): Problem {
  return new Problem({
    name: "no-model",
    status: 503,
    title: "No model",
    detail: "No model is loaded yet; the server keeps looking for one.",
    headers: { "retry-after": "5" },
  });
}

function notReady(
  serving: Serving,
  auth: string,
  training: ReturnType<NonNullable<Host["training"]>>,
): Problem {
  const waiting = training
    ? "A model is being trained."
    : "No model is loaded yet; the server keeps looking.";
  const served = serving.snapshot?.parts;
  return new Problem({
    name: "not-ready",
    status: 503,
    title: "Not ready",
    detail: waiting,
    headers: { "retry-after": "5" },
    extra: {
      state: training ? "training" : "no model",
      auth,
      ...(training ? { training } : {}),
      ...(served ? { model: { version: served.version, channel: served.channel } } : {}),
    },
  });
}
