import { randomUUID } from "node:crypto";
import type { FunctionConfiguration } from "../functions/functions.ts";
import { isUnderWay, type RolloutRecord } from "../registry/rollout-record.ts";
import { RolloutError } from "./ledger.ts";
import { findObstacle, splitTraffic } from "./obstacles.ts";
import type { RolloutPorts } from "./phases.ts";

/** What is rolled out, and how carefully. */
export interface RolloutOrder {
  readonly channel: string;
  readonly functionName: string;
  readonly alias: string;
  readonly model: string;
  /** percent of the traffic, rising, the last one 100 */
  readonly steps: readonly number[];
  /** how long each step is watched */
  readonly waitSeconds: number;
  readonly alarms: readonly string[];
  readonly errorShareMax: number;
  /** absent: the one that the function's tags name */
  readonly stack?: string | undefined;
  readonly checker?: string | undefined;
  readonly why: string;
  readonly gate?: RolloutRecord["gate"];
}

/**
 * Reads all that decides whether a rollout may begin, and gives its first record; writes nothing.
 * @throws RolloutError saying what stands in the way
 */
export async function prepareRollout(
  order: RolloutOrder,
  ports: RolloutPorts,
  who: string,
): Promise<Omit<RolloutRecord, "history">> {
  checkSteps(order.steps);
  const { functions, registry, clock } = ports;
  const { functionName, channel, model } = order;
  const underWay = await registry.rollout(channel);
  if (isUnderWay(underWay)) {
    throw new RolloutError(
      `a rollout of model ${underWay.model} is under way in channel "${channel}", by ${underWay.who} since ` +
        `${underWay.startedAt}: see --status; take it up with --resume, or undo it with --abort`,
    );
  }
  await registry.manifest(model);
  const alias = await functions.alias(functionName, order.alias);
  const served = await functions.configuration(functionName, alias.version);
  checkMode(served, order, registry.store.location);
  const split = splitTraffic(alias);
  if (split)
    throw new RolloutError(`alias ${order.alias} of ${functionName} is being shifted already: ${split}`);
  checkLatest(await functions.configuration(functionName), served, order, alias.version);
  const modelBefore = served.environment.BEST_MODEL;
  const live = (await registry.channel(channel))?.model;
  const isServed = modelBefore === model;
  if (isServed && live === model)
    throw new RolloutError(`model ${model} is live already, in version ${alias.version}`);
  const stack = order.stack ?? (await functions.tags(functionName))["aws:cloudformation:stack-name"];
  const obstacle = await findObstacle(ports, stack);
  if (obstacle) throw new RolloutError(`${obstacle}: wait for it, then begin again`);
  await checkAlarms(order.alarms, ports);
  const now = clock.now().toISOString();
  return {
    id: randomUUID().slice(0, 8),
    ...{ channel, function: functionName, alias: order.alias, model, who, why: order.why },
    ...(stack !== undefined && { stack }),
    ...(order.checker !== undefined && { checker: order.checker }),
    ...(modelBefore !== undefined && { modelBefore }),
    ...(order.gate && { gate: order.gate }),
    versionBefore: alias.version,
    // Deployed with this model already, only the channel is behind.
    ...(isServed && { version: alias.version }),
    steps: [...order.steps] as [number, ...number[]],
    ...{ waitSeconds: order.waitSeconds, alarms: [...order.alarms], errorShareMax: order.errorShareMax },
    ...{ phase: isServed ? "move-channel" : "set-model", step: 0, startedAt: now, updatedAt: now },
  };
}

function checkSteps(steps: readonly number[]): void {
  const isRising = steps.every((percent, i) => percent > (steps[i - 1] ?? 0) && percent <= 100);
  if (isRising && steps.at(-1) === 100) return;
  throw new RolloutError(
    `steps ${steps.join(",")}: they are percentages that rise to 100, such as 10,50,100`,
  );
}

/** A function that follows its channel swaps models by itself; and a rollout must move the channel that it reads. */
function checkMode({ environment }: FunctionConfiguration, order: RolloutOrder, location: string): void {
  const { functionName, channel, model } = order;
  if (environment.AISLE_MODE !== "pinned") {
    throw new RolloutError(
      `${functionName} follows its channel, so it swaps models by itself: aisle models promote ${model}. ` +
        "Rollouts are for functions that are deployed with Mode=pinned",
    );
  }
  const its = environment.AISLE_CHANNEL || "production";
  if (its !== channel) {
    throw new RolloutError(
      `${functionName} serves channel "${its}", not "${channel}": name it with --channel`,
    );
  }
  const registry = environment.AISLE_REGISTRY;
  const bare = (text: string): string => text.replace(/\/+$/, "");
  if (registry?.startsWith("s3://") && location.startsWith("s3://") && bare(registry) !== bare(location)) {
    throw new RolloutError(`${functionName} reads ${registry}, not ${location}: name it with --registry`);
  }
}

/** A version is taken from `$LATEST`: code or settings that no version has would go along with the model. */
function checkLatest(
  latest: FunctionConfiguration,
  served: FunctionConfiguration,
  { functionName, alias }: RolloutOrder,
  version: string,
): void {
  const { BEST_MODEL: _, ...latestRest } = latest.environment;
  const { BEST_MODEL: __, ...servedRest } = served.environment;
  const names = Object.keys({ ...latestRest, ...servedRest });
  const differences = [
    ...(latest.code === served.code ? [] : ["code"]),
    ...(latest.memoryMegabytes === served.memoryMegabytes ? [] : ["memory"]),
    ...(latest.timeoutSeconds === served.timeoutSeconds ? [] : ["timeout"]),
    ...names.filter((name) => latestRest[name] !== servedRest[name]),
  ];
  if (differences.length === 0) return;
  throw new RolloutError(
    `$LATEST of ${functionName} differs from version ${version} that ${alias} serves (${differences.join(", ")}): ` +
      `a rollout would put that live beside the model. Deploy it first: aisle deploy`,
  );
}

async function checkAlarms(names: readonly string[], { watch }: RolloutPorts): Promise<void> {
  const states = await watch.alarmStates(names);
  const missing = names.filter((name) => !states.has(name));
  if (missing.length > 0) {
    throw new RolloutError(`there is no alarm ${missing.join(", ")} in this account and region`);
  }
  const ringing = names.filter((name) => states.get(name) === "ALARM");
  if (ringing.length > 0) {
    throw new RolloutError(`alarm ${ringing.join(", ")} has gone off already: mend that first`);
  }
}
