import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";

/** What a REST API (payload 1.0), an HTTP API or a Function URL (payload 2.0) sends. */
export type GatewayEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2;

/** What the gateway puts before the application's paths, such as `/prod`; empty at a default stage. */
export function stagePrefix(gatewayEvent: GatewayEvent): string {
  const { stage } = gatewayEvent.requestContext;
  if ("rawPath" in gatewayEvent) return stage === "$default" ? "" : `/${stage}`;
  // A custom domain maps a base path of its own; the full path says which.
  const { path: fullPath } = gatewayEvent.requestContext;
  const { path } = gatewayEvent;
  return fullPath?.endsWith(path) ? fullPath.slice(0, fullPath.length - path.length) : `/${stage}`;
}

/** The same event with the path as the application knows it: payload 2.0 leaves the stage in. */
export function withoutStage<E extends GatewayEvent>(gatewayEvent: E): E {
  if (!("rawPath" in gatewayEvent)) return gatewayEvent;
  const prefix = stagePrefix(gatewayEvent);
  if (prefix === "" || !`${gatewayEvent.rawPath}/`.startsWith(`${prefix}/`)) return gatewayEvent;
  return { ...gatewayEvent, rawPath: gatewayEvent.rawPath.slice(prefix.length) || "/" };
}

/** The caller's address as the gateway saw it, which no header can change. */
export function sourceAddress({ requestContext }: GatewayEvent): string | undefined {
  return "http" in requestContext ? requestContext.http.sourceIp : requestContext.identity?.sourceIp;
}
