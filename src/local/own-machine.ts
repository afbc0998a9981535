import { Problem } from "../http/problem.ts";
import { isLoopbackAddress, isLoopbackName } from "./loopback.ts";

/** What a socket says of where it leads; no request can change it. */
export interface SocketEnds {
  /** is the socket that listens bound to loopback? */
  readonly isBoundToLoopback: boolean;
  /** the address at the other end */
  readonly peer: string | undefined;
}

/**
 * Why a request may not have what is only for the person at this machine; `undefined` where it may. Who that is goes by
 * the two ends of the socket. The names in a request only ever speak against it: another site's page may well run in a
 * browser on this machine, under a name that leads here too.
 */
export function refusalOf(request: Request, { isBoundToLoopback, peer }: SocketEnds): Problem | undefined {
  if (!isBoundToLoopback || !isLoopbackAddress(peer)) {
    return forbidden(
      "own-machine-only",
      "This is for whoever sits at the machine: it works only while the server listens on loopback (without --host).",
    );
  }
  const { hostname, origin } = new URL(request.url);
  const claimed = request.headers.get("origin");
  const isForeign =
    !isLoopbackName(hostname) ||
    (claimed !== null && claimed !== origin) ||
    !isSiteFine(request.headers, request.method);
  return isForeign
    ? forbidden(
        "cross-site",
        "Another site's page may not ask this. Open the server's own address and start there.",
      )
    : undefined;
}

/** Absent where no browser asks; `none` where somebody typed the address; a link from elsewhere may open a page. */
function isSiteFine(headers: Headers, method: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site === null || site === "same-origin") return true;
  if (method !== "GET" && method !== "HEAD") return false;
  return site === "none" || headers.get("sec-fetch-mode") === "navigate";
}

function forbidden(name: string, detail: string): Problem {
  return new Problem({ name, status: 403, title: "Forbidden", detail });
}
