import type { Config } from "../config.ts";
import type { Caller } from "../http/guard.ts";
import type { GatewayEvent } from "./gateway-event.ts";

/**
 * Who asks, where a REST API has found that out already: whoever signed for IAM is one of the shop's servers, whoever
 * came with a Cognito token is the shopper of the claim. `undefined` where the gateway lets everyone through, or did
 * not say: then the application finds out.
 */
export function gatewayCaller(
  { requestContext }: GatewayEvent,
  { gatewayAuth, userIdClaim }: Pick<Config, "gatewayAuth" | "userIdClaim">,
): Caller | undefined {
  if ("http" in requestContext) return undefined;
  if (gatewayAuth === "IAM") {
    const principal = requestContext.identity?.userArn;
    return principal ? { kind: "server", keyId: principal } : undefined;
  }
  if (gatewayAuth !== "COGNITO") return undefined;
  const claims: Record<string, unknown> | undefined = requestContext.authorizer?.claims;
  if (claims === undefined) return undefined;
  const userId = claims[userIdClaim];
  return typeof userId === "string" && userId !== "" ? { kind: "shopper", userId } : { kind: "anonymous" };
}
