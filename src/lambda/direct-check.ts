import { randomBytes } from "node:crypto";
import type { GuardKeys } from "../http/guard.ts";
import type { GatewayEvent } from "./gateway-event.ts";

/**
 * Lets whoever may call the function itself ask for any user's rows, as the check before traffic does. A gateway
 * makes the event from a request and puts nothing at its top but what it knows, so no request can set `directCheck`.
 */
export class DirectCheck implements GuardKeys {
  readonly #keys: GuardKeys | undefined;
  readonly #secret = randomBytes(32).toString("base64url");

  constructor(keys: GuardKeys | undefined) {
    this.#keys = keys;
  }

  /** The event with a key that lives in this process alone, where it is a check's; else as it is. */
  sign(gatewayEvent: GatewayEvent): GatewayEvent {
    if ((gatewayEvent as { directCheck?: unknown }).directCheck !== true) return gatewayEvent;
    const authorization = `Bearer ${this.#secret}`;
    const signed = { ...gatewayEvent, headers: { ...gatewayEvent.headers, authorization } };
    return "multiValueHeaders" in signed
      ? { ...signed, multiValueHeaders: { ...signed.multiValueHeaders, authorization: [authorization] } }
      : signed;
  }

  findKey(key: string): ReturnType<GuardKeys["findKey"]> {
    return key === this.#secret ? { id: "check", role: "server" } : this.#keys?.findKey(key);
  }

  findPairSecret(accessKeyId: string): string | undefined {
    return this.#keys?.findPairSecret(accessKeyId);
  }

  get signingSecrets(): readonly Uint8Array[] {
    return this.#keys?.signingSecrets ?? [];
  }
}
