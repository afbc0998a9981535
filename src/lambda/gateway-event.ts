import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";
import type { RequestNames } from "../http/request-trace.ts";

/** What a REST API (payload 1.0), an HTTP API or a Function URL (payload 2.0) sends. */
export type GatewayEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2;

/** What the gateway puts before the application's paths, such as `/prod`; empty at a default stage. */
export function stagePrefix(gatewayEvent: GatewayEvent): string {
  const { before, path } = splitPath(gatewayEvent);
  if ("rawPath" in gatewayEvent) return before;
  // Payload 1.0 leaves the stage out of `path`; only the context's path is what was asked for.
  const { path: asked, stage } = gatewayEvent.requestContext;
  return asked?.endsWith(path) ? asked.slice(0, asked.length - path.length) : `/${stage}`;
}

/** The same event with the path as the application knows it: without stage or base path, and encoded. */
export function applicationEvent<E extends GatewayEvent>(gatewayEvent: E): E {
  const path = encodePath(splitPath(gatewayEvent).path);
  return "rawPath" in gatewayEvent ? { ...gatewayEvent, rawPath: path } : { ...gatewayEvent, path };
}

/** The caller's address as the gateway saw it, which no header can change. */
export function sourceAddress({ requestContext }: GatewayEvent): string | undefined {
  return "http" in requestContext ? requestContext.http.sourceIp : requestContext.identity?.sourceIp;
}

/** The gateway's own id of the request, which its access log has too, and the root of the X-Ray trace. */
export function requestNames({ requestContext, headers }: GatewayEvent): RequestNames {
  const name = Object.keys(headers ?? {}).find((header) => header.toLowerCase() === "x-amzn-trace-id");
  const traceId = name && /\bRoot=([\w-]{1,64})/.exec(headers[name] ?? "")?.[1];
  return { requestId: requestContext.requestId, ...(traceId ? { traceId } : {}) };
}

/**
 * Where the application's path begins: after what a greedy route did not match (the base path of a custom domain,
 * a stage), else after the stage, which payload 2.0 leaves in.
 */
function splitPath(gatewayEvent: GatewayEvent): { before: string; path: string } {
  const isV2 = "rawPath" in gatewayEvent;
  const whole = isV2 ? gatewayEvent.rawPath : gatewayEvent.path;
  const route = isV2 ? gatewayEvent.routeKey?.replace(/^\S+ /, "") : gatewayEvent.resource;
  const proxy = gatewayEvent.pathParameters?.proxy;
  if (route === "/{proxy+}" && proxy !== undefined) {
    for (let at = whole.indexOf("/"); at >= 0; at = whole.indexOf("/", at + 1)) {
      // The one may be encoded where the other is not.
      if (decode(whole.slice(at)) === `/${decode(proxy)}`) {
        return { before: whole.slice(0, at), path: whole.slice(at) };
      }
    }
  }
  const stage = isV2 ? `/${gatewayEvent.requestContext.stage}` : "";
  if (stage === "" || !`${whole}/`.startsWith(`${stage}/`)) return { before: "", path: whole };
  return { before: stage, path: whole.slice(stage.length) || "/" };
}

/**
 * An HTTP API decodes the path before it passes it on, a REST API and a Function URL do not. Escaping only what
 * no encoded path holds is right for all: a decoded `?` would otherwise begin a query.
 */
function encodePath(path: string): string {
  return path
    .toWellFormed()
    .replace(/%(?![0-9A-Fa-f]{2})|[^\w/%.~!$&'()*+,;=:@-]+/g, (part) => encodeURIComponent(part));
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
