import type { Readable } from "node:stream";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { internalError, invalidParameters, notFound, Problem } from "../http/problem.ts";
import { log } from "../log.ts";
import { refusalOf } from "./own-machine.ts";
import type { FileKind, OwnShopState, ReadingSettings } from "./own-shop-state.ts";
import { checkSize } from "./uploads.ts";

/** What makes a shop of the visitor's own files. Methods throw a Problem for what cannot be done now. */
export interface OwnShop {
  state(): OwnShopState;
  /** keeps a file in place of the one before and begins to read it */
  receive(kind: FileKind, name: string, body: Readable): Promise<void>;
  forget(kind: FileKind): Promise<void>;
  /** reads a file again, with what was said of it */
  readAgain(kind: FileKind, settings: ReadingSettings): Promise<void>;
  train(): Promise<void>;
  /** ends the training under way; what is live by then stays */
  cancel(): Promise<void>;
  returnToDemo(): Promise<void>;
}

type Env = { Bindings: HttpBindings };

const settingsBytesMax = 256 * 1024;

/**
 * `/start`: one's own shop from one's own files, for whoever sits at this machine. Other methods than GET and those of a
 * form, and a check of where a request comes from, keep pages of other sites out.
 */
export function addOwnShop(
  outer: Hono<Env>,
  shop: OwnShop | undefined,
  isBoundToLoopback: () => boolean,
): void {
  outer.use("/start/*", async (c, next) => {
    const ends = { isBoundToLoopback: isBoundToLoopback(), peer: c.env.incoming.socket.remoteAddress };
    const refusal = refusalOf(c.req.raw, ends);
    if (refusal !== undefined) return refusal.toResponse();
    return await next();
  });
  outer.route("/start", shop === undefined ? notHere() : routesOf(shop));
}

function routesOf(shop: OwnShop): Hono<Env> {
  const routes = new Hono<Env>();
  const state = (c: Context<Env>) => c.json(shop.state(), 200, { "Cache-Control": "no-store" });
  routes.onError((error) => {
    if (error instanceof Problem) return error.toResponse();
    log.error("request failed", { error });
    return internalError().toResponse();
  });
  routes.use("/files/:kind/settings", bodyLimit({ maxSize: settingsBytesMax }));
  routes.get("/state", state);
  routes.put("/files/:kind", async (c) => {
    const kind = kindOf(c);
    const name = (c.req.query("name") ?? "").slice(0, 200) || `${kind}.csv`;
    checkSize(name, Number(c.req.header("content-length") ?? 0), shop.state().bytesMax[kind]);
    // The bytes themselves, never the whole of them in memory.
    await shop.receive(kind, name, c.env.incoming);
    return state(c);
  });
  routes.delete("/files/:kind", async (c) => {
    await shop.forget(kindOf(c));
    return state(c);
  });
  routes.put("/files/:kind/settings", async (c) => {
    await shop.readAgain(kindOf(c), settingsOf(await c.req.json().catch(() => undefined)));
    return state(c);
  });
  routes.put("/training", async (c) => {
    await shop.train();
    return state(c);
  });
  routes.delete("/training", async (c) => {
    await shop.cancel();
    return state(c);
  });
  routes.put("/demo", async (c) => {
    await shop.returnToDemo();
    return state(c);
  });
  return routes;
}

/** `aisle serve` serves a shop that somebody trained: there is nothing to start. */
function notHere(): Hono<Env> {
  const why =
    "Only aisle start (npm start) makes a shop of files that are dropped, and only into a registry that is a folder.";
  return new Hono<Env>().all("/state", () => notFound(why).toResponse());
}

function kindOf(c: Context<Env>): FileKind {
  const kind = c.req.param("kind");
  if (kind === "events" || kind === "items") return kind;
  throw notFound("There are two files: events and items.");
}

/** @throws Problem naming what is none of the settings */
function settingsOf(body: unknown): ReadingSettings {
  const wrong = (parameter: string, detail: string) =>
    invalidParameters([{ parameter, in: "body" as const, detail }]);
  if (typeof body !== "object" || body === null) throw wrong("body", "must be a JSON object");
  const { columns, weights, allowsBadRows, ...others } = body as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrong(unknown, "is unknown; known are columns, weights, allowsBadRows");
  if (columns !== undefined && !isRecordOf(columns, (value) => typeof value === "string"))
    throw wrong("columns", "must name a column for each role");
  if (weights !== undefined && !isRecordOf(weights, (value) => Number.isFinite(value) && Number(value) >= 0))
    throw wrong("weights", "must give each event type a number of at least 0");
  if (allowsBadRows !== undefined && typeof allowsBadRows !== "boolean")
    throw wrong("allowsBadRows", "must be true or false");
  return body as ReadingSettings;
}

function isRecordOf(value: unknown, isFine: (value: unknown) => boolean): boolean {
  return typeof value === "object" && value !== null && Object.values(value).every(isFine);
}
