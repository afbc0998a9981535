import type { Server } from "node:http";
import type { Socket } from "node:net";
import { RequestError } from "@hono/node-server";
import { internalError, Problem } from "../http/problem.ts";
import { log } from "../log.ts";

/** What is no request at all is answered in the words of every other problem, not by a bare status line. */
export function answerUnreadable(server: Server): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) return socket.destroy();
    const { status, title } = problemOf(error.code).options;
    const body = problemOf(error.code).toJson();
    const head = [
      `HTTP/1.1 ${status} ${title}`,
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Cache-Control: no-store",
      "Connection: close",
    ];
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  });
}

/** For requests that Node reads but no URL can be made of, and whatever escapes the application. */
export function answerEscaped(error: unknown): Response {
  if (error instanceof RequestError) return malformed().toResponse();
  log.error("request failed", { error });
  return internalError().toResponse();
}

function problemOf(code: string | undefined): Problem {
  if (code === "HPE_HEADER_OVERFLOW") {
    return new Problem({
      name: "headers-too-large",
      status: 431,
      title: "Request Header Fields Too Large",
      detail:
        "The URL and the headers may take 16 KiB together: send long lists in the body of POST /recommendations.",
    });
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    const detail = "The request did not arrive in time.";
    return new Problem({ name: "timeout", status: 408, title: "Request Timeout", detail });
  }
  return malformed();
}

function malformed(): Problem {
  return new Problem({
    name: "malformed-request",
    status: 400,
    title: "Bad Request",
    detail:
      "This is not a valid HTTP request: its method, URL (percent-encoded ASCII) or headers cannot be read.",
  });
}
