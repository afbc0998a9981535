import type { Alias, FunctionConfiguration, Functions } from "../functions/functions.ts";
import { PromotionConflictError } from "../registry/channel.ts";
import type { Registry } from "../registry/registry.ts";
import type { RolloutPhase, RolloutRecord } from "../registry/rollout-record.ts";
import type { CheckReport } from "./check.ts";
import type { Deployments } from "./deployments.ts";
import type { Clock, Ledger, RolloutChange } from "./ledger.ts";
import type { Stacks } from "./stacks.ts";
import type { Watch } from "./watch.ts";

/** Everything outside that a rollout touches. */
export interface RolloutPorts {
  readonly functions: Functions;
  readonly watch: Watch;
  readonly stacks: Stacks;
  readonly deployments: Deployments;
  readonly registry: Registry;
  readonly clock: Clock;
  /** calls the new version with the model's golden requests */
  check(record: RolloutRecord): Promise<CheckReport>;
}

/** What comes after a phase, and what a person should know of it. */
export interface Step {
  readonly change: RolloutChange;
  readonly note: string;
}

export type Phase = (ledger: Ledger, ports: RolloutPorts, signal: AbortSignal | undefined) => Promise<Step>;

/** What is seen does not allow to go on: the traffic goes back. */
export class BackError extends Error {
  override name = "BackError";
}

/** Puts the model into `$LATEST`, where the next version is taken from; the alias does not notice. */
export const setModel: Phase = async ({ record }, { functions }) => {
  await configure(functions, record, record.model);
  return next("publish", `BEST_MODEL of ${record.function} is ${record.model}`);
};

/** Publishes a version, unless this rollout has done so before it was interrupted. */
export const publish: Phase = async ({ record }, { functions }) => {
  const { function: name, model, id } = record;
  const { environment, revision } = await functions.configuration(name);
  if (environment.BEST_MODEL !== model) {
    throw new BackError(`BEST_MODEL of ${name} was changed to ${environment.BEST_MODEL} by somebody else`);
  }
  const description = `aisle rollout ${id}: ${model}`;
  const earlier = (await functions.versions(name)).find((each) => each.description === description);
  const version = earlier?.version ?? (await functions.publish(name, description, revision));
  const published = await functions.configuration(name, version);
  if (published.environment.BEST_MODEL !== model) {
    throw new BackError(`version ${version} of ${name} was published with another model`);
  }
  return next("check", `version ${version} of ${name} is published`, { version });
};

export const check: Phase = async ({ record }, ports) => {
  const report = await ports.check(record);
  if (!report.ok)
    throw new BackError(`version ${record.version} fails its check: ${report.faults.join("; ")}`);
  const { requestCount, latencyMsMedian, overlap } = report;
  return next(
    "shift",
    `version ${record.version} answers ${requestCount} golden requests, ${Math.round(overlap * 100)} % as ` +
      `expected, half of them within ${latencyMsMedian} ms`,
    { step: 0, stepSince: undefined },
  );
};

/** Names the model where everybody looks for what is live: last, when all traffic is answered from it. */
export const moveChannel: Phase = async ({ record }, { registry, functions }) => {
  const { channel: name, model, gate } = record;
  const alias = await functions.alias(record.function, record.alias);
  if (alias.version !== record.version || Object.keys(alias.weights).length > 0) {
    throw new BackError(`alias ${record.alias} was moved to version ${alias.version} by somebody else`);
  }
  const change = { who: record.who, why: record.why, rollout: record.id, ...(gate && { gate }) };
  for (let attempt = 1; ; attempt++) {
    const channel = await registry.channel(name);
    if (channel?.model === model) break;
    try {
      await registry.promote(name, { model }, change, channel?.etag);
    } catch (error) {
      // A catalogue that moves at the same moment is no reason to fail.
      if (!(error instanceof PromotionConflictError) || attempt === 20) throw error;
    }
  }
  return next("live", `channel "${name}" names ${model}`);
};

/** Everything as it was: the alias first, since that is what shoppers notice. */
export const goBack: Phase = async ({ record }, { functions, registry }) => {
  const { function: name, modelBefore, versionBefore } = record;
  const alias = await functions.alias(name, record.alias);
  if (isOurs(alias, record)) {
    // Written even where nothing differs: a driver that was taken over in between finds the alias changed.
    await functions.pointAlias(name, record.alias, { ...alias, version: versionBefore, weights: {} });
    await configure(functions, record, modelBefore);
  }
  const channel = await registry.channel(record.channel);
  if (channel?.model === record.model && modelBefore !== undefined && modelBefore !== record.model) {
    const why = `rollout undone: ${record.reason}`;
    await registry.rollback(record.channel, { who: record.who, why, rollout: record.id }, modelBefore);
  }
  return isOurs(alias, record)
    ? next("gone-back", `alias ${record.alias} serves version ${versionBefore} alone again`)
    : next(
        "gone-back",
        `alias ${record.alias} was moved to version ${alias.version} by somebody else, and is left as it is`,
      );
};

/** Whether an alias points to nothing but the two versions of this rollout. */
export function isOurs({ version, weights }: Alias, record: RolloutRecord): boolean {
  const ours = [record.versionBefore, record.version];
  return [version, ...Object.keys(weights)].every((each) => ours.includes(each));
}

/** Sets the model of `$LATEST`, and leaves all else of its environment. */
async function configure(
  functions: Functions,
  { function: name }: RolloutRecord,
  model: string | undefined,
): Promise<void> {
  const { environment, revision }: FunctionConfiguration = await functions.configuration(name);
  if (environment.BEST_MODEL === model) return;
  const { BEST_MODEL: _, ...rest } = environment;
  await functions.setEnvironment(
    name,
    { ...rest, ...(model !== undefined && { BEST_MODEL: model }) },
    revision,
  );
}

export function next(phase: RolloutPhase, note: string, change: RolloutChange = {}): Step {
  return { change: { ...change, phase }, note };
}
