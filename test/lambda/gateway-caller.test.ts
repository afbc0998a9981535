import { describe, expect, it } from "vitest";
import { gatewayCaller } from "../../src/lambda/gateway-caller.ts";
import type { GatewayEvent } from "../../src/lambda/gateway-event.ts";
import { getJson, mint, serverKey, smallApp } from "../http/small-app.ts";

const role = "arn:aws:sts::123456789012:assumed-role/shop/session";

function event(requestContext: object): GatewayEvent {
  return { requestContext: { identity: { sourceIp: "192.0.2.1" }, ...requestContext } } as GatewayEvent;
}

const signed = event({ identity: { userArn: role } });
const signedIn = event({ authorizer: { claims: { sub: "7d1f", "custom:customer": "user 2" } } });
const forged = { http: {}, authorizer: { claims: { sub: "user 2" } }, identity: { userArn: role } };

describe("who the gateway says is asking", () => {
  it("is one of the shop's servers where the gateway lets principals through", () => {
    const settings = { gatewayAuth: "IAM", userIdClaim: "sub" } as const;
    expect(gatewayCaller(signed, settings)).toEqual({ kind: "server", keyId: role });
    expect(gatewayCaller(event({}), settings)).toBeUndefined();
    expect(gatewayCaller(signedIn, settings)).toBeUndefined();
  });

  it("is the shopper of the claim where the gateway lets a pool's users through", () => {
    const settings = (userIdClaim: string) => ({ gatewayAuth: "COGNITO", userIdClaim }) as const;
    expect(gatewayCaller(signedIn, settings("sub"))).toEqual({ kind: "shopper", userId: "7d1f" });
    expect(gatewayCaller(signedIn, settings("custom:customer"))).toEqual({
      kind: "shopper",
      userId: "user 2",
    });
    expect(gatewayCaller(signedIn, settings("email"))).toEqual({ kind: "anonymous" });
    expect(gatewayCaller(signed, settings("sub"))).toBeUndefined();
  });

  it("is not believed where the gateway lets everyone through, or where another payload carries it", () => {
    for (const gatewayAuth of ["NONE", "API_KEY"] as const) {
      expect(gatewayCaller(signed, { gatewayAuth, userIdClaim: "sub" })).toBeUndefined();
      expect(gatewayCaller(signedIn, { gatewayAuth, userIdClaim: "sub" })).toBeUndefined();
    }
    for (const gatewayAuth of ["IAM", "COGNITO"] as const) {
      expect(gatewayCaller(event(forged), { gatewayAuth, userIdClaim: "sub" })).toBeUndefined();
    }
  });
});

describe("an application behind a gateway that authorises", () => {
  const ask = async (caller: ReturnType<typeof gatewayCaller>, headers: Record<string, string>) => {
    const app = await smallApp({ auth: "keys", callerOf: () => caller });
    return getJson(app, "/recommendations?userId=user+2", { headers });
  };
  const gatewaysOwn = { authorization: "AWS4-HMAC-SHA256 Credential=another" };

  it("opens a shopper's own rows to them, and any shopper's to a server", async () => {
    const shopper = await ask({ kind: "shopper", userId: "user 2" }, gatewaysOwn);
    expect(shopper).toMatchObject({ status: 200, body: { userId: "user 2", source: "als" } });
    expect((await ask({ kind: "shopper", userId: "user 3" }, gatewaysOwn)).status).toBe(403);
    const server = await ask({ kind: "server", keyId: role }, gatewaysOwn);
    expect(server).toMatchObject({ status: 200, body: { source: "als" } });
    expect(await ask({ kind: "anonymous" }, gatewaysOwn)).toMatchObject({ body: { source: "popular" } });
  });

  it("takes its own keys and tokens from a header of their own, which counts more", async () => {
    const anonymous = { kind: "anonymous" } as const;
    const key = { ...gatewaysOwn, "x-aisle-authorization": `Bearer ${serverKey}` };
    expect(await ask(anonymous, key)).toMatchObject({ body: { source: "als" } });
    const token = { ...gatewaysOwn, "x-aisle-authorization": `Bearer ${await mint("user 3")}` };
    expect((await ask({ kind: "server", keyId: role }, token)).status).toBe(403);
    const wrong = { ...gatewaysOwn, "x-aisle-authorization": "Bearer no-such-key" };
    expect((await ask({ kind: "server", keyId: role }, wrong)).status).toBe(401);
  });

  it("refuses what only the gateway could read, where the gateway said nothing", async () => {
    const { status, body } = await ask(undefined, gatewaysOwn);
    expect(status).toBe(403);
    expect(body).toMatchObject({ type: "urn:aisle:problem:incomplete-signature" });
  });
});
