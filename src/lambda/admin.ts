import type { Context } from "aws-lambda";
import { handle, type LambdaEvent } from "hono/aws-lambda";
import { openActivity } from "../activity/open-activity.ts";
import type { Desk } from "../admin/desk.ts";
import { readConfig } from "../config.ts";
import { createAdminApp } from "../http/admin/app.ts";
import { openKeys } from "../keys/open-keys.ts";
import { log } from "../log.ts";
import { Registry } from "../registry/registry.ts";
import { registrySource } from "../serving/registry-source.ts";
import { Serving } from "../serving/serving.ts";
import { openStore } from "../store/open-store.ts";
import {
  applicationEvent,
  type GatewayEvent,
  requestNames,
  sourceAddress,
  stagePrefix,
} from "./gateway-event.ts";

type Answer = (event: LambdaEvent, context: Context) => Promise<unknown>;

interface Bindings {
  readonly event: GatewayEvent;
}

/** The merchant's routes in a function of their own: what it may write, the one that serves may not. */
async function start(): Promise<Answer> {
  const config = readConfig();
  if (config.keysFile === undefined) throw new Error("AISLE_KEYS is not set: nobody could have an admin key");
  const registry = new Registry(openStore(config.registry, config.s3));
  const opening = openKeys(config.keysFile);
  const [keys, serving] = await Promise.all([
    opening,
    Serving.start({
      source: registrySource(registry, config.channel, async () => (await opening).pseudonymKeys),
      modelTtlSeconds: config.modelTtlSeconds,
      catalogTtlSeconds: config.catalogTtlSeconds,
      memoryBytesMax: config.memoryBytesMax,
      ...(config.activity !== undefined && { activity: await openActivity(config.activity) }),
    }),
  ]);
  const isRolledOut = config.mode === "pinned";
  const desk: Desk = { registry, channel: config.channel, serving, isRolledOut, now: Date.now };
  const app = createAdminApp({
    ...{ desk, keys },
    addressOf: (env) => sourceAddress((env as Bindings).event),
    prefixOf: (env) => stagePrefix((env as Bindings).event),
    namesOf: (env) => requestNames((env as Bindings).event),
    onAnswered: (record) => log.request({ ...record }),
  });
  const answer = handle(app);
  return async (event, context) => answer(event, context as never);
}

/** An error here would end the runtime and be retried without a word to the caller: it is kept and said instead. */
const started = await start().catch((error: Error) => {
  log.error("start failed", { error });
  return error;
});

const unavailable = {
  ...{ type: "about:blank", title: "Not configured", status: 503 },
  detail: "This deployment's configuration is not usable; its log says what is wrong.",
};

/** The Lambda handler of `/admin/*`, behind a Function URL or a gateway. */
export async function handler(gatewayEvent: GatewayEvent, context: Context): Promise<unknown> {
  if (!(started instanceof Error)) {
    return started(applicationEvent(gatewayEvent) as unknown as LambdaEvent, context);
  }
  return {
    statusCode: unavailable.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
    body: JSON.stringify(unavailable),
  };
}
