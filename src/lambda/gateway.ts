import type { APIGatewayProxyResult, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { handle, type LambdaEvent } from "hono/aws-lambda";
import { readConfig } from "../config.ts";
import { createApp } from "../http/app.ts";
import { Guard } from "../http/guard.ts";
import { KeyFile } from "../keys/key-file.ts";
import { log } from "../log.ts";
import { Registry } from "../registry/registry.ts";
import { registrySource } from "../serving/registry-source.ts";
import { Serving } from "../serving/serving.ts";
import { openStore } from "../store/open-store.ts";
import { DirectCheck } from "./direct-check.ts";
import { applicationEvent, type GatewayEvent, sourceAddress, stagePrefix } from "./gateway-event.ts";

type GatewayResult = APIGatewayProxyResult | APIGatewayProxyStructuredResultV2;
type Answer = (gatewayEvent: GatewayEvent, context: Context) => Promise<GatewayResult>;

interface Bindings {
  readonly event: GatewayEvent;
}

/** Everything that can be done before the first request: config, keys, the model in memory. */
async function start(): Promise<Answer> {
  const config = readConfig();
  const serving = await Serving.start({
    source: registrySource(new Registry(openStore(config.registry)), config.channel),
    modelTtlSeconds: config.modelTtlSeconds,
    catalogTtlSeconds: config.catalogTtlSeconds,
    memoryBytesMax: config.memoryBytesMax,
    ...(config.mode === "pinned" && { pinnedModel: config.bestModel }),
  });
  const keys = new DirectCheck(config.keysFile === undefined ? undefined : new KeyFile(config.keysFile));
  const guard = new Guard({ auth: config.auth, keys });
  const app = createApp({
    serving,
    guard,
    allowedOrigins: config.allowedOrigins,
    addressOf: (env) => sourceAddress((env as Bindings).event),
    prefixOf: (env) => stagePrefix((env as Bindings).event),
  });
  const answer = handle(app);
  return async (gatewayEvent, context) => {
    // The runtime is frozen between requests, so a look at the registry beside one may never end.
    await serving.recover();
    const known = applicationEvent(keys.sign(gatewayEvent)) as unknown as LambdaEvent;
    return (await answer(known, context as never)) as GatewayResult;
  };
}

/** An error here would end the runtime and be retried without a word to the caller: it is kept and said instead. */
const started = await start().catch((error: Error) => {
  log.error("start failed", { error });
  return error;
});

const unavailable = {
  type: "about:blank",
  title: "Not configured",
  status: 503,
  detail: "This deployment's configuration is not usable; its log says what is wrong.",
};

/** The Lambda handler: the same application as everywhere, behind API Gateway or a Function URL. */
export async function handler(gatewayEvent: GatewayEvent, context: Context): Promise<GatewayResult> {
  if (!(started instanceof Error)) return started(gatewayEvent, context);
  return {
    statusCode: 503,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
    body: JSON.stringify(unavailable),
  };
}
