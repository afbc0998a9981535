import { randomBytes } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import type { Desk } from "../admin/desk.ts";
import type { AdminHost } from "../http/admin/admin-host.ts";
import type { App, Host } from "../http/host.ts";
import { isLoopbackAddress } from "./loopback.ts";

/** What the merchant's routes work with beside what serves. */
export interface LocalAdmin extends Pick<Desk, "registry" | "channel">, Pick<AdminHost, "report"> {
  /** the user of this machine: the author of what is done with the key of this start */
  readonly who: string;
}

export interface LocalAdminRoutes {
  /** holds until the server stops, between this machine and itself */
  readonly startKey: string;
  fetch(request: Request, env: HttpBindings): Promise<Response>;
}

type Beside = Pick<Host, "serving" | "shoppers" | "onAnswered" | "now" | "addressOf"> & {
  readonly keys?: AdminHost["keys"];
  readonly isLoopback: () => boolean;
};

/** The merchant's routes, loaded with all that compares and measures once somebody asks for them. */
export function localAdmin({ who, report, ...place }: LocalAdmin, beside: Beside): LocalAdminRoutes {
  const startKey = randomBytes(24).toString("base64url");
  const { serving, shoppers, onAnswered, now = Date.now, addressOf, keys, isLoopback } = beside;
  const isLocal = (env: unknown): boolean =>
    isLoopback() && isLoopbackAddress((env as HttpBindings).incoming.socket.remoteAddress);
  const desk: Desk = { ...place, serving, now, ...(shoppers && { shoppers: () => shoppers }) };
  const host: AdminHost = {
    ...{ desk, keys, report, onAnswered, now, addressOf },
    startKey: { key: startKey, who, isLocal },
  };
  let app: Promise<App> | undefined;
  return {
    startKey,
    fetch: async (request, env) => {
      app ??= import("../http/admin/app.ts").then(({ createAdminApp }) => createAdminApp(host));
      return await (await app).fetch(request, env);
    },
  };
}
