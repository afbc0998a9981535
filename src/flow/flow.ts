import type { ShopConfig, StageConfig } from "../init/shop-config.ts";
import type { Stack } from "../rollout/stacks.ts";
import { deployCommand, rolloutCommand, trainCommand } from "./commands.ts";

/** What the flow does its work by: each step is a command of this program, as a person would call it. */
export interface FlowPorts {
  /** runs `aisle …args` to its end; `json` is what it printed, where it was asked to */
  run(args: readonly string[]): Promise<{ readonly code: number; readonly json?: unknown }>;
  /** `undefined` where there is no such stack */
  stack(name: string): Promise<Stack | undefined>;
  say(line: string): void;
}

export interface FlowOrder {
  readonly config: ShopConfig;
  readonly stageName: string;
  readonly stage: StageConfig;
  /** where models are kept when neither the stage nor its stack says so */
  readonly registryDefault: string;
  /** go on with a version that is published, instead of training one */
  readonly model?: string | undefined;
  /** deploy the code too, not only where nothing is deployed yet */
  readonly deploy?: boolean | undefined;
  readonly force?: string | undefined;
}

export type FlowEnd = "live" | "held" | "failed";

export interface FlowResult {
  readonly end: FlowEnd;
  readonly model?: string | undefined;
  /** the step that failed or held, and what to do about it */
  readonly reason?: string | undefined;
  /** of the command that failed */
  readonly code?: number;
}

/** Where a stage's models go. */
export interface Place {
  readonly stageName: string;
  readonly stage: StageConfig;
  readonly registry: string;
  readonly channel: string;
  readonly mode: "follow" | "pinned";
}

/** A step that did not come to its end. */
class StepError extends Error {
  readonly code: number;

  constructor(step: string, code: number, advice: string) {
    super(`${step} ended with code ${code}: ${advice}`);
    this.code = code;
  }
}

/**
 * From events to live. Nothing is remembered between two flows but what the registry and the stack say, so that an
 * interrupted one is simply called again; a model that was published already need not be trained twice (`model`).
 */
export async function runFlow(order: FlowOrder, ports: FlowPorts): Promise<FlowResult> {
  let model = order.model;
  try {
    const place = await settle(order, ports);
    if (place.mode === "pinned") await checkIdle(place, ports);
    if (model === undefined) {
      const trained = await train(order, place, ports);
      model = trained.model;
      if (trained.held !== undefined) return { end: "held", model, reason: trained.held };
    } else if (place.mode === "follow") {
      const held = await promote(model, order, place, ports);
      if (held !== undefined) return { end: "held", model, reason: held };
    }
    if (place.mode === "pinned") await rollOut(model, order, place, ports);
    ports.say(`✓ live: ${model} in channel "${place.channel}" of ${place.registry}`);
    return { end: "live", model };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return { end: "failed", model, reason: error.message, code: error.code };
  }
}

/** Finds where models go; the stack first, whose bucket holds them. */
async function settle(order: FlowOrder, ports: FlowPorts): Promise<Place> {
  const { stage, stageName, deploy } = order;
  let stack: Stack | undefined;
  if (stage.stack !== undefined) {
    stack = await ports.stack(stage.stack);
    if (stack === undefined || deploy) {
      ports.say(stack === undefined ? `… ${stage.stack} is not deployed yet` : `… deploying ${stage.stack}`);
      const { code } = await ports.run(deployCommand(stage, stageName, stack === undefined));
      if (code !== 0) throw new StepError("deploy", code, "see above, and call aisle flow again");
      stack = await ports.stack(stage.stack);
      ports.say(`✓ ${stage.stack} is deployed`);
    }
  }
  return {
    ...{ stage, stageName },
    registry: stage.registry ?? stack?.outputs.Registry ?? order.registryDefault,
    channel: stage.channel ?? stack?.parameters.Channel ?? "production",
    mode: stack?.parameters.Mode === "pinned" ? "pinned" : "follow",
  };
}

/** A rollout refuses while another is under way: better said before an hour of training than after it. */
async function checkIdle(place: Place, ports: FlowPorts): Promise<void> {
  const { code, json } = await ports.run([...rolloutOf(place), "--status", "--json"]);
  if (code !== 0) throw new StepError("rollout --status", code, "nothing was changed; see above");
  const record = json as { readonly model: string; readonly phase: string } | null;
  if (record === null || record.phase === "live" || record.phase === "gone-back") return;
  const { model, phase } = record;
  const rollout = `aisle ${rolloutOf(place).join(" ")}`;
  throw new StepError(
    "rollout --status",
    1,
    `the rollout of ${model} is at "${phase}" and has to end first: go on with  ${rollout} --resume , or undo it with  ` +
      `${rollout} --abort`,
  );
}

function rolloutOf({ registry, channel }: Place): string[] {
  return ["rollout", "--registry", registry, "--channel", channel];
}

interface TrainDocument {
  readonly version: string;
  readonly promoted: boolean;
  readonly gate: { readonly decision: string; readonly reason: string };
}

async function train(
  { config, force }: FlowOrder,
  place: Place,
  ports: FlowPorts,
): Promise<{ model: string; held?: string }> {
  const { code, json } = await ports.run(trainCommand(config, place, force));
  if (code !== 0)
    throw new StepError("train", code, "nothing was changed; see above, and call aisle flow again");
  const { version, gate } = json as TrainDocument;
  ports.say(`✓ published ${version}; the gate: ${gate.decision}, ${gate.reason}`);
  return gate.decision === "promote" ? { model: version } : { model: version, held: gate.reason };
}

/** Gives why the gate holds it, if it does. */
async function promote(model: string, order: FlowOrder, place: Place, ports: FlowPorts) {
  const { registry, channel } = place;
  const why = order.force === undefined ? [] : ["--force", order.force];
  const policy = order.config.policy === undefined ? [] : ["--policy", order.config.policy];
  const to = ["--registry", registry, "--channel", channel, "--json"];
  const { code, json } = await ports.run(["models", "promote", model, ...why, ...policy, ...to]);
  const gate = (json as TrainDocument | undefined)?.gate;
  if (code !== 0 && gate?.decision !== "hold") {
    throw new StepError("promote", code, `the channel is as it was; go on with  ${again(order, model)}`);
  }
  ports.say(`✓ the gate: ${gate?.decision}, ${gate?.reason}`);
  return code === 0 ? undefined : gate?.reason;
}

async function rollOut(model: string, order: FlowOrder, place: Place, ports: FlowPorts): Promise<void> {
  ports.say(`… rolling ${model} out behind ${place.stage.stack}`);
  const { code } = await ports.run(rolloutCommand(model, place, order));
  if (code === 0) return;
  const rollout = `aisle ${rolloutOf(place).join(" ")}`;
  throw new StepError(
    "rollout",
    code,
    `where it stands tells  ${rollout} --status ; one that was interrupted goes on with  ${rollout} --resume , and ` +
      `another attempt is  ${again(order, model)}`,
  );
}

function again({ stageName }: FlowOrder, model: string): string {
  return `aisle flow --stage ${stageName} --model ${model}`;
}
