import type { Functions } from "../functions/functions.ts";
import type { Registry } from "../registry/registry.ts";
import { isUnderWay } from "../registry/rollout-record.ts";
import { DeployError, type DeployPlan, parameterOverride, planDeploy } from "./deploy-plan.ts";
import type { Deployments } from "./deployments.ts";
import { findObstacle, splitTraffic } from "./obstacles.ts";
import type { Stack, Stacks } from "./stacks.ts";

/** Programs on this machine. */
export interface Programs {
  /** @throws DeployError where it is missing or fails */
  run(command: readonly string[]): Promise<void>;
  /** what a program prints; throws as `run` does */
  read(command: readonly string[]): Promise<string>;
  readText(path: string): Promise<string>;
}

export interface DeployPorts {
  readonly functions: Pick<Functions, "alias" | "configuration">;
  readonly stacks: Stacks;
  readonly deployments: Deployments;
  readonly programs: Programs;
  /** the registry that a location names */
  openRegistry(location: string): Registry;
  say(line: string): void;
}

export interface DeployOrder {
  readonly stack: string;
  /** environment of samconfig.toml */
  readonly configEnv: string;
  readonly configFile: string;
  /** parameters by samconfig and by hand */
  readonly asked: Readonly<Record<string, string>>;
  /** as asked for; absent: what the stack's outputs name */
  readonly registry?: string | undefined;
  readonly registryDefault: string;
  readonly channel: string;
  readonly dryRun: boolean;
  /** do not ask before the changes are made */
  readonly yes: boolean;
}

/** Where SAM puts what it has built. */
const builtTemplate = ".aws-sam/build/template.yaml";

/**
 * Builds, makes the image and deploys it with the model that is served; gives what was, or would be, passed.
 * @throws DeployError where a rollout or another deployment runs, or a program is missing or fails
 */
export async function deploy(order: DeployOrder, ports: DeployPorts): Promise<DeployPlan> {
  const { programs, say } = ports;
  const seen = await look(order, ports);
  const draft = planDeploy({ ...seen, asked: order.asked });
  const build = buildCommands(order);
  if (order.dryRun) {
    for (const command of [...build, deployCommand(order, draft)]) say(`would run: ${shown(command)}`);
    sayChanges(draft, say);
    return draft;
  }
  // Known to be missing now, rather than after minutes of building.
  await programs.read(["sam", "--version"]);
  await programs.read(["docker", "info", "--format", "{{.ServerVersion}}"]);
  for (const command of build) {
    say(`$ ${shown(command)}`);
    await programs.run(command);
  }
  const image = await imageDigest(programs);
  // Minutes have passed: what was served then, and whether the way was free, may not be so any more.
  const plan = planDeploy({ ...(await look(order, ports)), asked: order.asked, image });
  sayChanges(plan, say);
  const command = deployCommand(order, plan);
  say(`$ ${shown(command)}`);
  await programs.run(command);
  await verify(order, plan, ports);
  return plan;
}

/** What is deployed, served and promoted now. A dry run goes on where that cannot be seen, and says so. */
async function look(order: DeployOrder, ports: DeployPorts) {
  const stack = await ports.stacks.stack(order.stack).catch((error: Error) => {
    if (order.dryRun) {
      ports.say(`stack ${order.stack} cannot be seen, so every parameter is shown as new: ${error.message}`);
      return undefined;
    }
    throw new DeployError(`stack ${order.stack} cannot be seen: ${error.message}`, { cause: error });
  });
  const location = order.registry ?? stack?.outputs.Registry ?? order.registryDefault;
  const channel = order.asked.Channel ?? stack?.parameters.Channel ?? order.channel;
  const registry = ports.openRegistry(location);
  const rollout = await registry.rollout(channel);
  if (isUnderWay(rollout)) {
    throw new DeployError(
      `a rollout of model ${rollout.model} is under way in channel "${channel}" (at "${rollout.phase}"): ` +
        `wait for it, or undo it with "aisle rollout --abort"`,
    );
  }
  const obstacle = stack && (await findObstacle(ports, stack.name));
  if (obstacle) throw new DeployError(`${obstacle}: wait for it, then deploy again`);
  return {
    ...(stack && { deployed: stack.parameters }),
    served: stack && (await servedBy(stack, ports)),
    promoted: (await registry.channel(channel))?.model,
  };
}

/** The environment of the version that the alias serves, which no deployment and no rollout can be mistaken about. */
async function servedBy(
  { name, outputs }: Stack,
  { functions }: DeployPorts,
): Promise<Readonly<Record<string, string>> | undefined> {
  const { FunctionName, AliasName } = outputs;
  if (FunctionName === undefined || AliasName === undefined) return undefined;
  const alias = await functions.alias(FunctionName, AliasName);
  const split = splitTraffic(alias);
  if (split) {
    throw new DeployError(
      `alias ${AliasName} of stack ${name} is being shifted: ${split}. Wait, or look at "aisle rollout --status"`,
    );
  }
  return (await functions.configuration(FunctionName, alias.version)).environment;
}

/** A deployment that succeeded and serves another model would be the accident that all this is against. */
async function verify(order: DeployOrder, plan: DeployPlan, ports: DeployPorts): Promise<void> {
  if (plan.model === undefined) return;
  const stack = await ports.stacks.stack(order.stack);
  const served = stack && (await servedBy(stack, ports));
  if (served === undefined || served.BEST_MODEL === plan.model) return;
  throw new DeployError(
    `stack ${order.stack} is deployed, but its alias serves model ${served.BEST_MODEL} where ${plan.model} was meant`,
  );
}

function buildCommands({ configEnv, configFile, asked }: DeployOrder): string[][] {
  const overrides = Object.entries(asked).map(([name, value]) => parameterOverride(name, value));
  return [
    ["npm", "run", "build", "--if-present"],
    [
      ...["sam", "build", "--config-file", configFile, "--config-env", configEnv],
      // Named here they take the place of samconfig's, so all of them are.
      ...(overrides.length > 0 ? ["--parameter-overrides", ...overrides] : []),
    ],
  ];
}

function deployCommand(
  { stack, configEnv, configFile, yes }: DeployOrder,
  { parameters }: DeployPlan,
): string[] {
  return [
    ...["sam", "deploy", "--config-file", configFile, "--config-env", configEnv, "--stack-name", stack],
    ...["--no-fail-on-empty-changeset", ...(yes ? ["--no-confirm-changeset"] : [])],
    ...["--parameter-overrides"],
    ...Object.entries(parameters).map(([name, value]) => parameterOverride(name, value)),
  ];
}

/** The digest of the image of the function that serves, which SAM's built template names. */
async function imageDigest(programs: Programs): Promise<string> {
  const template = await programs.readText(builtTemplate);
  const [, image] =
    /^ {2}Recommendations:\n(?: {3,}.*\n|\n)*? {4,}ImageUri: ['"]?([^\s'"]+)/m.exec(template) ?? [];
  if (image === undefined)
    throw new DeployError(`${builtTemplate} names no image for Recommendations: run sam build`);
  return (await programs.read(["docker", "image", "inspect", "--format", "{{.Id}}", image])).trim();
}

function sayChanges({ changes, mode, model, modelFrom }: DeployPlan, say: (line: string) => void): void {
  if (mode === "follow") say("model: the function follows its channel, and keeps doing so");
  else say(`model: ${model}, from ${modelFrom}`);
  if (changes.length === 0) say("no parameter changes");
  for (const { name, from, to } of changes) say(`${name}: ${from === undefined ? "" : `${from} → `}${to}`);
}

/** As it would be typed. */
function shown(command: readonly string[]): string {
  return command
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}
