import type { Command } from "commander";
import { type Config, readConfig } from "../config.ts";
import { Registry } from "../registry/registry.ts";
import { openStore } from "../store/open-store.ts";
import { UsageError } from "./failures.ts";

export interface RegistryFlags {
  readonly registry: string;
  readonly channel: string;
  readonly json?: boolean;
}

/** `--registry`, `--channel` and `--json`, whose defaults come from the environment. Gives the environment too. */
export function addRegistryOptions(command: Command): Config {
  const config = readConfig();
  command
    .option(
      "--registry <place>",
      "where models are kept: a folder or s3://bucket/prefix (AISLE_REGISTRY)",
      config.registry,
    )
    .option("--channel <name>", "which of them is live (AISLE_CHANNEL)", config.channel);
  addJsonOption(command);
  return config;
}

export function addJsonOption(command: Command): void {
  command.option("--json", "print one JSON document on stdout, everything else on stderr");
}

export function openRegistry({ registry }: Pick<RegistryFlags, "registry">): Registry {
  return new Registry(openStore(registry, readConfig().s3));
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What the channel names. @throws UsageError where it names nothing, ending in what to do */
export async function liveVersion(
  registry: Registry,
  { channel }: Pick<RegistryFlags, "channel">,
  remedy: string,
): Promise<string> {
  const version = (await registry.channel(channel))?.model;
  if (version !== undefined) return version;
  throw new UsageError(`channel "${channel}" names no model yet: ${remedy}`);
}
