import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { readConfig } from "../config.ts";
import { LambdaFunctions } from "../functions/lambda-functions.ts";
import { deploy as deployStack } from "../rollout/deploy.ts";
import { CodeDeploy } from "../rollout/deployments.ts";
import { CloudFormation } from "../rollout/stacks.ts";
import { UsageError } from "./failures.ts";
import { gather } from "./option-values.ts";
import { machinePrograms } from "./programs.ts";
import { addJsonOption, openRegistry, printJson } from "./registry-options.ts";
import { readSamConfig, type SamConfig } from "./samconfig.ts";

interface DeployFlags {
  readonly configEnv: string;
  readonly configFile: string;
  readonly stack?: string;
  readonly registry?: string;
  readonly channel?: string;
  readonly parameter?: string[];
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function define(command: Command): void {
  command
    .option("--config-env <name>", "the environment of samconfig.toml", "default")
    .option("--config-file <file>", "another samconfig.toml", "samconfig.toml")
    .option("--stack <name>", "the stack (default: samconfig's)")
    .option("--parameter <Name=value>", "a parameter of the template, over samconfig's; repeatable", gather)
    .option("--registry <folder>", "where models are kept (default: the stack's output, then AISLE_REGISTRY)")
    .option("--channel <name>", "which of them is live (default: the stack's parameter, then AISLE_CHANNEL)")
    .option("--yes", "make the changes without asking")
    .option("--dry-run", "print every command and each changed parameter, and do nothing")
    .action(run);
  addJsonOption(command);
}

async function run(flags: DeployFlags): Promise<void> {
  const config = readConfig();
  const samConfig = await readOwnConfig(flags);
  const stack = flags.stack ?? samConfig.stackName;
  if (stack === undefined) {
    throw new UsageError(`--stack names the stack, or stack_name in ${flags.configFile}`);
  }
  const { region, profile } = samConfig;
  const account = { ...(region && { region }), ...(profile && { profile }) };
  const plan = await deployStack(
    {
      ...{ stack, configEnv: flags.configEnv, configFile: flags.configFile },
      asked: { ...samConfig.parameters, ...byHand(flags), ...(flags.channel && { Channel: flags.channel }) },
      ...{ registry: flags.registry, registryDefault: config.registry, channel: config.channel },
      ...{ dryRun: flags.dryRun ?? false, yes: flags.yes ?? false },
    },
    {
      functions: new LambdaFunctions(account),
      stacks: new CloudFormation(account),
      deployments: new CodeDeploy(account),
      programs: machinePrograms(flags.json ?? false),
      openRegistry: (registry) => openRegistry({ registry }),
      say: (line) => void (flags.json ? process.stderr : process.stdout).write(`${line}\n`),
    },
  );
  if (flags.json) printJson({ stack, dryRun: flags.dryRun ?? false, ...plan });
}

async function readOwnConfig({ configFile, configEnv }: DeployFlags): Promise<SamConfig> {
  const text = await readFile(configFile, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "ENOENT" ? "is not there: run this where the template is" : cause.message;
    throw new UsageError(`${configFile} ${reason}, or name it with --config-file`, { cause });
  });
  return readSamConfig(text, configEnv, configFile);
}

function byHand({ parameter = [] }: DeployFlags): Record<string, string> {
  return Object.fromEntries(
    parameter.map((each) => {
      const at = each.indexOf("=");
      if (at < 1) throw new UsageError(`--parameter ${each} is not of the form Name=value`);
      return [each.slice(0, at), each.slice(at + 1)];
    }),
  );
}
