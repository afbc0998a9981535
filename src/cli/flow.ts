import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { readConfig, wholeEnvironment } from "../config.ts";
import { type FlowPorts, type FlowResult, runFlow } from "../flow/flow.ts";
import { parseShopConfig, ShopConfigError, type StageConfig, stageOf } from "../init/shop-config.ts";
import { interruptedCode, interruption } from "./interruption.ts";
import { reason } from "./option-values.ts";
import { addJsonOption, print, printJson } from "./registry-options.ts";
import { quoted } from "./terminal.ts";

interface FlowFlags {
  readonly config: string;
  readonly stage: string;
  readonly model?: string;
  readonly deploy?: boolean;
  readonly force?: string;
  readonly json?: boolean;
}

/** The gate's no is an outcome and no failure: a schedule tells the two apart. */
const heldCode = 3;

export function define(command: Command): void {
  command
    .option("--config <file>", "the shop's configuration, which aisle init writes", "aisle.json")
    .option("--stage <name>", "which of its stages", "local")
    .option("--model <version>", "go on with a version that is published, without training")
    .option("--deploy", "deploy the code too, not only where nothing is deployed yet")
    .option("--force <reason>", "whatever the gate says; the reason stays in the channel's history", reason)
    .addHelpText(
      "after",
      "\nEnds with 0 when the model is live, 3 when the gate held it and what serves goes on, 2 where the call or a\n" +
        "file is wrong, 130 after Ctrl-C, 1 otherwise. Calling it again is always safe.",
    )
    .action(run);
  addJsonOption(command);
}

async function run(flags: FlowFlags): Promise<void> {
  const config = parseShopConfig(await readText(flags.config), flags.config);
  const stage = stageOf(config, flags.stage, flags.config);
  const { signal, release } = interruption();
  const { model, deploy, force } = flags;
  const { registry: registryDefault } = readConfig();
  const order = { config, stage, stageName: flags.stage, registryDefault, model, deploy, force };
  const result = await runFlow(order, portsFor(stage, flags, signal)).finally(release);
  const code = codeOf(result, signal);
  if (flags.json) printJson({ stage: flags.stage, ...result, code });
  else if (result.end !== "live") print(`✗ ${result.end}: ${result.reason}`);
  process.exitCode = code;
}

function codeOf({ end, code }: FlowResult, signal: AbortSignal): number {
  if (end === "live") return 0;
  if (end === "held") return heldCode;
  if (signal.aborted) return interruptedCode;
  return code === 2 ? 2 : 1;
}

function portsFor(stage: StageConfig, { json }: FlowFlags, signal: AbortSignal): FlowPorts {
  const say = (line: string): void => void (json ? process.stderr : process.stdout).write(`${line}\n`);
  return {
    say,
    run: async (args) => {
      signal.throwIfAborted();
      say(`\n$ aisle ${args.map(quoted).join(" ")}`);
      return await runSelf(args, stage, { signal, isQuiet: json ?? false });
    },
    stack: async (name) => {
      const { CloudFormation } = await import("../rollout/stacks.ts");
      return await new CloudFormation(stage.region === undefined ? {} : { region: stage.region }).stack(name);
    },
  };
}

/** This program again, so that a step is the very command that it is shown as. */
async function runSelf(
  args: readonly string[],
  { region }: StageConfig,
  { signal, isQuiet }: { readonly signal: AbortSignal; readonly isQuiet: boolean },
): Promise<{ code: number; json?: unknown }> {
  const isJson = args.includes("--json");
  const child = spawn(process.execPath, [process.argv[1], ...args], {
    // What a step prints for people must not mix with the one document that is asked for.
    stdio: ["inherit", isJson ? "pipe" : isQuiet ? process.stderr : "inherit", "inherit"],
    env: { ...wholeEnvironment(), ...(region === undefined ? {} : { AWS_REGION: region }) },
  });
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  // At a terminal Ctrl-C has reached it too; from a service manager it has not.
  const stop = (): void => void child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (ended) => resolve(ended ?? interruptedCode));
  });
  signal.removeEventListener("abort", stop);
  return { code, ...(text === "" ? {} : { json: JSON.parse(text) as unknown }) };
}

async function readText(path: string): Promise<string> {
  return await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "ENOENT" ? "is not there: aisle init writes it" : cause.message;
    throw new ShopConfigError(`${path} ${reason}`, { cause });
  });
}
