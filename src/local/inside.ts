import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { notFound } from "../http/problem.ts";
import { refusalOf } from "./own-machine.ts";

/** A version that the live one may be compared with. */
export interface VersionNote {
  readonly version: string;
  /** ISO 8601 */
  readonly createdAt: string;
  /** numbers by which a shopper or an item is described; 0 where only what is popular is known */
  readonly factors: number;
  /** how the events that it learnt from are named */
  readonly source: string;
}

/** The versions of the registry, newest last. */
export type ListVersions = () => Promise<readonly VersionNote[]>;

/** What the page's look inside needs beside the API: which versions there are, for whoever sits at this machine. */
export function addInside(
  outer: Hono<{ Bindings: HttpBindings }>,
  listVersions: ListVersions | undefined,
  isBoundToLoopback: () => boolean,
): void {
  outer.get("/inside/versions", async (c) => {
    const ends = { isBoundToLoopback: isBoundToLoopback(), peer: c.env.incoming.socket.remoteAddress };
    const refusal = refusalOf(c.req.raw, ends);
    if (refusal !== undefined) return refusal.toResponse();
    if (listVersions === undefined) return notFound("This server lists no versions.").toResponse();
    return c.json({ versions: await listVersions() }, 200, { "Cache-Control": "no-store" });
  });
}
