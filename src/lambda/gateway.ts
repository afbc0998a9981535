import type { APIGatewayProxyResult, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { handle, type LambdaEvent } from "hono/aws-lambda";
import { openActivity } from "../activity/open-activity.ts";
import { readConfig, readUsable } from "../config.ts";
import { createApp } from "../http/app.ts";
import { Guard } from "../http/guard.ts";
import { openKeys } from "../keys/open-keys.ts";
import { log } from "../log.ts";
import { Registry } from "../registry/registry.ts";
import { registrySource } from "../serving/registry-source.ts";
import { Serving } from "../serving/serving.ts";
import { openStore } from "../store/open-store.ts";
import { DirectCheck } from "./direct-check.ts";
import { gatewayCaller } from "./gateway-caller.ts";
import {
  applicationEvent,
  type GatewayEvent,
  requestNames,
  sourceAddress,
  stagePrefix,
} from "./gateway-event.ts";
import { failedRequestLine, requestLines } from "./request-line.ts";

type GatewayResult = APIGatewayProxyResult | APIGatewayProxyStructuredResultV2;
type Answer = (gatewayEvent: GatewayEvent, context: Context) => Promise<GatewayResult>;

/** Lambda ends a start after 10 s, and API Gateway gives up on an answer after 29: a large download goes on later. */
const waitMsMax = 8000;
/** What a request gives to a download that is under way, so that few and short requests bring it to its end too. */
const lingerMsMax = 100;

interface Bindings {
  readonly event: GatewayEvent;
}

/** Everything that can be done before the first request: config, keys, the model in memory. */
async function start(): Promise<Answer> {
  const config = readConfig();
  const opening = config.keysFile === undefined ? undefined : openKeys(config.keysFile);
  const serving = await Serving.start({
    source: registrySource(
      new Registry(openStore(config.registry, config.s3)),
      config.channel,
      async () => (await opening)?.pseudonymKeys ?? [],
    ),
    modelTtlSeconds: config.modelTtlSeconds,
    catalogTtlSeconds: config.catalogTtlSeconds,
    memoryBytesMax: config.memoryBytesMax,
    waitMsMax,
    ...(config.activity !== undefined && { activity: await openActivity(config.activity) }),
    ...(config.mode === "pinned" && { pinnedModel: config.bestModel }),
  });
  const keys = new DirectCheck(await opening);
  const guard = new Guard({ auth: config.auth, keys });
  const app = createApp({
    serving,
    guard,
    allowedOrigins: config.allowedOrigins,
    scoreTemperature: config.scoreTemperature,
    addressOf: (env) => sourceAddress((env as Bindings).event),
    callerOf: (env) => gatewayCaller((env as Bindings).event, config),
    prefixOf: (env) => stagePrefix((env as Bindings).event),
    namesOf: (env) => requestNames((env as Bindings).event),
    onAnswered: requestLines(config.channel, serving),
  });
  const answer = handle(app);
  return async (gatewayEvent, context) => {
    await serving.recover();
    // The runtime is frozen between requests. A look that an earlier one began gets on only beside the next ones.
    const { isLooking } = serving;
    const known = applicationEvent(keys.sign(gatewayEvent)) as unknown as LambdaEvent;
    const result = (await answer(known, context as never)) as GatewayResult;
    if (isLooking) await serving.linger(lingerMsMax);
    return result;
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
  const { channel, allowedOrigins } = readUsable();
  failedRequestLine(channel, requestNames(gatewayEvent).requestId, unavailable.status);
  return {
    statusCode: unavailable.status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...originHeaders(gatewayEvent, allowedOrigins),
    },
    body: JSON.stringify(unavailable),
  };
}

/** So that a page can read the problem too. */
function originHeaders({ headers }: GatewayEvent, allowed: readonly string[]): Record<string, string> {
  const name = Object.keys(headers ?? {}).find((header) => header.toLowerCase() === "origin");
  const origin = name === undefined ? undefined : headers[name];
  if (allowed.includes("*")) return { "access-control-allow-origin": "*" };
  if (origin === undefined || !allowed.includes(origin)) return { vary: "Origin" };
  return { "access-control-allow-origin": origin, vary: "Origin" };
}
