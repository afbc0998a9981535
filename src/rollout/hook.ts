import { z } from "zod";
import type { Functions } from "../functions/functions.ts";
import type { Registry } from "../registry/registry.ts";
import { isUnderWay } from "../registry/rollout-record.ts";
import { type CheckLimits, type CheckReport, checkVersion } from "./check.ts";
import { checkCallSchema } from "./checker.ts";
import type { Deployments, HookCall } from "./deployments.ts";

export interface HookSettings {
  readonly functionName: string;
  /** the version that this hook was deployed with: what CodeDeploy asks about */
  readonly version: string | undefined;
  readonly channel: string;
}

export interface HookPorts {
  readonly functions: Pick<Functions, "configuration" | "invoke">;
  readonly deployments: Pick<Deployments, "report">;
  readonly registry: Registry;
  readonly onReport: (report: CheckReport, fields: Readonly<Record<string, unknown>>) => void;
}

const hookCallSchema = z.object({ DeploymentId: z.string(), LifecycleEventHookExecutionId: z.string() });

/** Nothing was asked, for this reason. */
function without(faults: string[]): CheckReport {
  const nothing = { requestCount: 0, latencyMsMedian: 0, latencyMsFirst: 0, overlap: 1 };
  return { ok: faults.length === 0, ...nothing, faults };
}

/** The handler before traffic: answers a rollout with a report, and CodeDeploy by telling it whether to go on. */
export function checkBeforeTraffic(
  settings: HookSettings,
  ports: HookPorts,
): (event: unknown) => Promise<CheckReport> {
  return async (event) => {
    const asked = checkCallSchema.safeParse(event);
    if (asked.success) {
      const { version, model, ...limits } = asked.data.check;
      const report = await checkModel({ version, model }, settings, ports, limits);
      ports.onReport(report, { version, model });
      return report;
    }
    return await answerHook(event, ports, async (call) => {
      const report = await checkDeployment(settings, ports);
      ports.onReport(report, { version: settings.version, deployment: call.DeploymentId });
      return report;
    });
  };
}

/** Tells CodeDeploy what a check found, or that there was none: a deployment that hears nothing waits for an hour. */
export async function answerHook(
  event: unknown,
  { deployments }: Pick<HookPorts, "deployments">,
  check: (call: HookCall) => Promise<CheckReport>,
): Promise<CheckReport> {
  // An event of another kind is an error of whoever sent it: it fails where it can be read.
  const call = hookCallSchema.parse(event);
  try {
    const report = await check(call);
    await deployments.report(call, report.ok);
    return report;
  } catch (error) {
    await deployments.report(call, false);
    throw error;
  }
}

/** A deploy while a rollout runs would move the alias under it; this is the last moment to refuse. */
async function checkDeployment(settings: HookSettings, ports: HookPorts): Promise<CheckReport> {
  const { functionName, version, channel: name } = settings;
  if (version === undefined) return without(["NEW_VERSION names no version"]);
  const rollout = await ports.registry.rollout(name);
  if (isUnderWay(rollout)) {
    return without([
      `a rollout of model ${rollout.model} is under way in channel "${name}": deploy when it is done`,
    ]);
  }
  const { AISLE_MODE, BEST_MODEL } = (await ports.functions.configuration(functionName, version)).environment;
  const model = AISLE_MODE === "pinned" ? BEST_MODEL : (await ports.registry.channel(name))?.model;
  // A new registry has no model yet; what is deployed then follows the channel, and waits for the first one.
  if (model === undefined) return without([]);
  return await checkModel({ version, model }, settings, ports, {});
}

async function checkModel(
  { version, model }: { readonly version: string; readonly model: string },
  { functionName }: HookSettings,
  { functions, registry }: HookPorts,
  limits: { readonly [Name in keyof CheckLimits]?: CheckLimits[Name] | undefined },
): Promise<CheckReport> {
  const { golden } = await registry.manifest(model);
  return await checkVersion(functions, { functionName, version, model, golden, ...given(limits) });
}

function given(limits: { readonly [Name in keyof CheckLimits]?: CheckLimits[Name] | undefined }) {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
