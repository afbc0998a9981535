import type { Alias } from "../functions/functions.ts";
import type { RolloutRecord } from "../registry/rollout-record.ts";
import type { Ledger } from "./ledger.ts";
import { findObstacle } from "./obstacles.ts";
import { BackError, isOurs, next, type Phase, type RolloutPorts, type Step } from "./phases.ts";

/** How often is looked, in seconds; each look also says that the driver is alive. */
const lookSeconds = 10;

/** A step in two halves: the alias gets its share, then it is watched for as long as was asked. */
export const shift: Phase = async (ledger, ports, signal) => {
  const { record } = ledger;
  if (record.stepSince === undefined) return await takeStep(record, ports);
  await watchStep(ledger, ports, signal);
  const note = `nothing speaks against ${record.steps[record.step]} % after ${record.waitSeconds} s`;
  return record.step + 1 < record.steps.length
    ? next("shift", note, { step: record.step + 1, stepSince: undefined })
    : next("move-channel", note);
};

async function takeStep(record: RolloutRecord, { functions, clock }: RolloutPorts): Promise<Step> {
  const alias = await functions.alias(record.function, record.alias);
  const to = routeOf(record);
  // Interrupted between the two writes, it is there already.
  if (!isSame(alias, to)) {
    if (!isOurs(alias, record)) throw movedByOthers(record, alias);
    await functions.pointAlias(record.function, record.alias, { ...alias, ...to });
  }
  const share = `${record.steps[record.step]} % of ${record.function}:${record.alias}`;
  return next("shift", `version ${record.version} gets ${share}`, { stepSince: clock.now().toISOString() });
}

async function watchStep(
  ledger: Ledger,
  ports: RolloutPorts,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { record } = ledger;
  const end = Date.parse(record.stepSince!) + record.waitSeconds * 1000;
  for (;;) {
    const left = end - ports.clock.now().getTime();
    if (left > 0) await ports.clock.sleep(Math.min(left, lookSeconds * 1000), signal);
    signal?.throwIfAborted();
    await look(record, ports);
    if (left <= lookSeconds * 1000) return;
    await ledger.save();
  }
}

/** @throws BackError on whatever should not be gone on over */
async function look(record: RolloutRecord, ports: RolloutPorts): Promise<void> {
  const { functions, watch, clock } = ports;
  const alias = await functions.alias(record.function, record.alias);
  if (!isSame(alias, routeOf(record))) throw movedByOthers(record, alias);
  const obstacle = await findObstacle(ports, record.stack);
  if (obstacle) throw new BackError(obstacle);
  const states = await watch.alarmStates(record.alarms);
  for (const name of record.alarms) {
    if (states.get(name) === "ALARM") throw new BackError(`alarm ${name} went off`);
    if (!states.has(name)) throw new BackError(`alarm ${name} is gone`);
  }
  const { invocations, errors } = await watch.traffic({
    functionName: record.function,
    alias: record.alias,
    version: record.version!,
    since: new Date(record.stepSince!),
    until: clock.now(),
  });
  if (errors > invocations * record.errorShareMax) {
    throw new BackError(`${errors} of ${invocations} invocations of version ${record.version} failed`);
  }
}

/** What the alias should be at the record's step. */
function routeOf({ versionBefore, version, steps, step }: RolloutRecord): Pick<Alias, "version" | "weights"> {
  const percent = steps[step];
  if (percent >= 100) return { version: version!, weights: {} };
  return { version: versionBefore, weights: { [version!]: percent / 100 } };
}

function isSame(alias: Alias, to: Pick<Alias, "version" | "weights">): boolean {
  const versions = Object.keys({ ...alias.weights, ...to.weights });
  return (
    alias.version === to.version &&
    // A share may come back rounded.
    versions.every((each) => Math.abs((alias.weights[each] ?? 0) - (to.weights[each] ?? 0)) < 1e-6)
  );
}

function movedByOthers({ alias: name }: RolloutRecord, { version, weights }: Alias): BackError {
  const shares = Object.entries(weights).map(([other, share]) => `, ${share * 100} % to version ${other}`);
  return new BackError(`alias ${name} was moved by somebody else: to version ${version}${shares.join("")}`);
}
