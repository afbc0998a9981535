import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { compress } from "hono/compress";
import { createApp } from "../http/app.ts";
import { Guard, type GuardOptions } from "../http/guard.ts";
import type { Host } from "../http/host.ts";
import { type LocalAdmin, localAdmin } from "./admin.ts";
import { addInside, type ListVersions } from "./inside.ts";
import { isLoopbackAddress } from "./loopback.ts";
import { addOwnShop, type OwnShop } from "./own-shop.ts";
import { addStorefront, type PageSettings } from "./storefront.ts";
import { answerEscaped, answerUnreadable } from "./unreadable.ts";

export interface LocalOptions
  extends Omit<Host, "guard" | "addressOf" | "prefixOf">,
    Pick<GuardOptions, "auth" | "keys"> {
  /** 0 takes any free one */
  readonly port: number;
  /** the address to bind: 127.0.0.1 unless said, which nobody else can reach */
  readonly hostname?: string;
  /** the folder of the storefront's files; no pages without it */
  readonly storefront?: string | undefined;
  /** the merchant's routes; without it there are none */
  readonly admin?: LocalAdmin | undefined;
  /** what makes a shop of dropped files, at `/start` */
  readonly ownShop?: OwnShop | undefined;
  /** what a comparison of versions can choose from */
  readonly listVersions?: ListVersions | undefined;
  readonly pageSettings?: (() => PageSettings) | undefined;
}

export interface LocalServer {
  /** where a browser finds it */
  readonly url: string;
  readonly port: number;
  /** where whoever sees this machine's terminal finds the merchant's page; absent where others reach the socket too */
  readonly merchantUrl?: string;
  /** lets requests in flight end, for at most two seconds */
  stop(): Promise<void>;
}

/** A place where this server cannot listen, and why. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

const graceMsMax = 2000;
const portMax = 65_535;

/**
 * The application on a port, with the storefront at `/`. It compresses, since no gateway does it here, and
 * whether it is open to anyone follows from the address that the socket is bound to.
 * @throws ListenError
 */
export async function startLocal({
  port,
  hostname = "127.0.0.1",
  auth,
  keys,
  storefront,
  admin,
  ownShop,
  listVersions,
  pageSettings,
  ...host
}: LocalOptions): Promise<LocalServer> {
  const guard = new Guard({
    auth,
    keys,
    isLoopback: () => isLoopback(server),
    ...(host.now ? { now: host.now } : {}),
  });
  const app = createApp({ ...host, guard, addressOf });
  const outer = new Hono<{ Bindings: HttpBindings }>();
  outer.use(compress({ threshold: 1024 }));
  addOwnShop(outer, ownShop, () => isLoopback(server));
  addInside(outer, listVersions, () => isLoopback(server));
  if (storefront !== undefined) addStorefront(outer, storefront, pageSettings);
  const merchant =
    admin && localAdmin(admin, { ...host, keys, addressOf, isLoopback: () => isLoopback(server) });
  if (merchant) {
    outer.all("/admin/*", async (c) => withLength(await merchant.fetch(c.req.raw, c.env)));
  }
  outer.all("*", async (c) => withLength(await app.fetch(c.req.raw, c.env)));
  const listener = getRequestListener(outer.fetch, { errorHandler: answerEscaped });
  // Without a Host no URL can be made, which the listener says in words, unlike Node.
  const server = createServer({ requireHostHeader: false }, listener);
  answerUnreadable(server);
  await listen(server, port, hostname);
  const bound = server.address() as AddressInfo;
  const url = `http://${isLoopback(server) ? "localhost" : shownHost(bound)}:${bound.port}`;
  return {
    url,
    port: bound.port,
    // In the fragment, which no server and no log is sent.
    ...(merchant && isLoopback(server) && { merchantUrl: `${url}/merchant#key=${merchant.startKey}` }),
    stop: () => stop(server),
  };
}

/** Compression pays above a size, so the size has to be known. */
async function withLength(response: Response): Promise<Response> {
  if (response.body === null) return response;
  const bytes = await response.arrayBuffer();
  const headers = new Headers(response.headers);
  headers.set("content-length", String(bytes.byteLength));
  return new Response(bytes, { status: response.status, headers });
}

function addressOf(env: unknown): string | undefined {
  return (env as HttpBindings).incoming.socket.remoteAddress;
}

/** By the address that the socket is bound to, which no request can change. */
function isLoopback(server: Server): boolean {
  const bound = server.address();
  if (bound === null || typeof bound === "string") return false;
  return isLoopbackAddress(bound.address);
}

function shownHost({ address, family }: AddressInfo): string {
  if (address === "0.0.0.0" || address === "::") return "localhost";
  return family === "IPv6" ? `[${address}]` : address;
}

function listen(server: Server, port: number, hostname: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(new ListenError(whyNot(cause, port, hostname), { cause }));
    });
    if (port > portMax) reject(new ListenError(`port ${port} is none: ports go from 0 to ${portMax}`));
    else server.listen(port, hostname, resolve);
  });
}

function whyNot({ code, message }: NodeJS.ErrnoException, port: number, hostname: string): string {
  switch (code) {
    case "EADDRINUSE": {
      const other = port < portMax ? port + 1 : port - 1;
      return `port ${port} of ${hostname} is taken by another program: stop it, or choose another port (PORT=${other})`;
    }
    case "EACCES":
      return `port ${port} of ${hostname} needs more rights than this program has: choose one above 1023 (PORT=3000)`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `"${hostname}" is no address of this machine: bind 127.0.0.1 for yourself, or 0.0.0.0 for everybody`;
    default:
      return `cannot listen on port ${port} of ${hostname}: ${message}`;
  }
}

/** No new connections; those that idle are closed as their requests end, and the rest when time is up. */
async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const deadline = setTimeout(() => server.closeAllConnections(), graceMsMax);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
}
