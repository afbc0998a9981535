import { userInfo } from "node:os";
import { type Command, Option } from "commander";
import type { Functions } from "../functions/functions.ts";
import { LambdaFunctions } from "../functions/lambda-functions.ts";
import { judgeVersion } from "../promotion.ts";
import type { GateAnswer, GatePolicy } from "../registry/gate.ts";
import { keepHeld } from "../registry/gate-history.ts";
import type { Registry } from "../registry/registry.ts";
import type { RolloutRecord } from "../registry/rollout-record.ts";
import { checkLimits } from "../rollout/check.ts";
import { checkerFor } from "../rollout/checker.ts";
import { CodeDeploy } from "../rollout/deployments.ts";
import { systemClock } from "../rollout/ledger.ts";
import type { RolloutPorts } from "../rollout/phases.ts";
import type { RolloutOrder } from "../rollout/prepare.ts";
import { abortRollout, resumeRollout, startRollout } from "../rollout/rollout.ts";
import { CloudFormation } from "../rollout/stacks.ts";
import { CloudWatch } from "../rollout/watch.ts";
import { UsageError } from "./failures.ts";
import { interruption } from "./interruption.ts";
import { numbers, oneNumber, reason, share, wholeFrom } from "./option-values.ts";
import {
  addRegistryOptions,
  openRegistry,
  print,
  printJson,
  type RegistryFlags,
} from "./registry-options.ts";
import { Terminal } from "./terminal.ts";

interface RolloutFlags extends RegistryFlags {
  readonly model?: string;
  readonly function?: string;
  readonly alias?: string;
  readonly stack?: string;
  readonly steps: number[];
  readonly wait: number;
  readonly alarms?: string[];
  readonly maxErrors: number;
  readonly maxLatency: number;
  readonly minOverlap: number;
  readonly check?: string;
  readonly force?: string;
  readonly policy?: GatePolicy;
  readonly status?: boolean;
  readonly resume?: boolean;
  readonly abort?: boolean;
}

export function define(command: Command): void {
  addRegistryOptions(command);
  command
    .option("--model <version>", "the model to roll out")
    .option("--function <name>", "the function that serves (default: the stack's)")
    .option("--alias <name>", "the alias that callers use (default: the stack's, or live)")
    .option(
      "--stack <name>",
      "the stack that names function, alias, alarms and check (default: by the function's tags)",
    )
    .option("--steps <percent,…>", "how the traffic rises", numbers, [10, 50, 100])
    .option("--wait <seconds>", "how long each step is watched", wholeFrom(0, 86_400), 300)
    .option("--alarms <name,…>", "alarms that send the traffic back (default: the stack's)", names)
    .option("--max-errors <share>", "of the new version's invocations that may fail", share, 0.01)
    .option(
      "--max-latency <ms>",
      "what half of the check's answers may take",
      oneNumber,
      checkLimits.latencyMsMax,
    )
    .option(
      "--min-overlap <share>",
      "of the check's answers that must be as expected",
      share,
      checkLimits.overlapMin,
    )
    .option("--check <function>", "the function that checks (default: the stack's, or this machine)")
    .option("--force <reason>", "whatever the gate says; the reason stays in the channel's history", reason)
    .addOption(new Option("--policy <name>", "where nothing can be told").choices(["cautious", "permissive"]))
    .addOption(new Option("--status", "show the last rollout and where it is").conflicts(["model"]))
    .addOption(new Option("--resume", "go on with an interrupted rollout").conflicts(["model", "status"]))
    .addOption(new Option("--abort", "undo the rollout under way").conflicts(["model", "status", "resume"]))
    .action(run);
}

function names(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
}

async function run(flags: RolloutFlags): Promise<void> {
  const registry = openRegistry(flags);
  if (flags.status) return await showStatus(registry, flags);
  const ports = portsOf(registry, flags);
  if (flags.abort)
    return report(
      await driving(flags, (driver) => abortRollout(flags.channel, ports, driver)),
      flags,
      "gone-back",
    );
  if (flags.resume)
    return report(await driving(flags, (driver) => resumeRollout(flags.channel, ports, driver)), flags);
  if (flags.model === undefined) {
    throw new UsageError(
      "--model names the model to roll out; --status, --resume and --abort ask about one under way",
    );
  }
  const outcome = await rollOut({ ...flags, model: flags.model }, ports);
  if ("record" in outcome) return report(outcome.record, flags);
  if (flags.json) printJson({ model: flags.model, gate: outcome.gate });
  else print(`not rolled out: ${outcome.gate.reason}`);
  process.exitCode = 1;
}

/** Asks the gate, and rolls out what it lets through. */
export async function rollOut(
  flags: RolloutFlags & { readonly model: string },
  ports: RolloutPorts,
): Promise<{ readonly record: RolloutRecord } | { readonly gate: GateAnswer }> {
  const { registry } = ports;
  const target = await targetOf(flags, ports);
  const channel = await registry.channel(flags.channel);
  const gate = await judgeVersion(flags.model, channel, { registry, ...pick(flags) });
  if (gate.decision === "hold") {
    await keepHeld(registry, flags.channel, { model: flags.model, who: userInfo().username, gate });
    return { gate };
  }
  const order: RolloutOrder = {
    ...target,
    channel: flags.channel,
    model: flags.model,
    steps: flags.steps,
    waitSeconds: flags.wait,
    errorShareMax: flags.maxErrors,
    why: gate.reason,
    gate,
  };
  return { record: await driving(flags, (driver) => startRollout(order, ports, driver)) };
}

function pick({ policy, force }: Pick<RolloutFlags, "policy" | "force">) {
  return { policy, force };
}

export function portsOf(
  registry: Registry,
  flags: Pick<RolloutFlags, "maxLatency" | "minOverlap">,
): RolloutPorts {
  const functions: Functions = new LambdaFunctions();
  const limits = { latencyMsMax: flags.maxLatency, overlapMin: flags.minOverlap };
  return {
    ...{ functions, registry, clock: systemClock },
    ...{ watch: new CloudWatch(), stacks: new CloudFormation(), deployments: new CodeDeploy() },
    check: checkerFor({ functions, registry }, limits),
  };
}

/** What is not named is what the stack's outputs say. */
async function targetOf(flags: RolloutFlags, { stacks }: RolloutPorts) {
  const stack = flags.stack === undefined ? undefined : await stacks.stack(flags.stack);
  if (flags.stack !== undefined && !stack) {
    throw new UsageError(`there is no stack ${flags.stack} in this account and region`);
  }
  const { FunctionName, AliasName, RolloutAlarms, CheckFunctionName } = stack?.outputs ?? {};
  const functionName = flags.function ?? FunctionName;
  if (functionName === undefined) {
    throw new UsageError(
      "--function names the function that serves, or --stack a stack whose outputs name it",
    );
  }
  const checker = flags.check ?? CheckFunctionName;
  return {
    functionName,
    alias: flags.alias ?? AliasName ?? "live",
    alarms: flags.alarms ?? names(RolloutAlarms ?? ""),
    ...(flags.stack !== undefined && { stack: flags.stack }),
    ...(checker !== undefined && { checker }),
  };
}

async function driving(
  flags: Pick<RegistryFlags, "json">,
  work: (driver: {
    who: string;
    signal: AbortSignal;
    onNote: (note: string) => void;
  }) => Promise<RolloutRecord>,
): Promise<RolloutRecord> {
  const terminal = new Terminal();
  const { signal, release } = interruption("interrupted: go on with --resume, or undo it with --abort");
  try {
    const onNote = (note: string): void => {
      if (!flags.json) terminal.say(note);
    };
    return await work({ who: userInfo().username, signal, onNote });
  } finally {
    terminal.close();
    release();
  }
}

function report(
  record: RolloutRecord,
  { json }: Pick<RegistryFlags, "json">,
  wanted: RolloutRecord["phase"] = "live",
): void {
  if (json) printJson(record);
  else if (record.phase === "live") print(`live: ${record.function}:${record.alias} serves ${record.model}`);
  else print(`gone back: ${record.reason}`);
  if (record.phase !== wanted) process.exitCode = 1;
}

async function showStatus(registry: Registry, { channel, json }: RolloutFlags): Promise<void> {
  const record = await registry.rollout(channel);
  if (json) return printJson(record ?? null);
  if (!record) return print(`no rollout yet in channel "${channel}" of ${registry.store.location}`);
  const { model, modelBefore = "none", phase, driver, history } = record;
  print(`${record.function}:${record.alias}: from ${modelBefore} to ${model}, at "${phase}"`);
  if (driver) print(`driven by ${driver.who}, last heard of at ${record.updatedAt}`);
  for (const { at, note } of history) print(`${at}  ${note}`);
}
