import type { Command } from "commander";
import { readConfig } from "../config.ts";
import { Erasures } from "../registry/erasures.ts";
import { redactModels, rewriteArchive } from "../retention.ts";
import { openStore } from "../store/open-store.ts";
import { openLocalActivity } from "./local-activity.ts";
import { wholeFrom } from "./option-values.ts";
import {
  addRegistryOptions,
  openRegistry,
  print,
  printJson,
  type RegistryFlags,
} from "./registry-options.ts";

interface RetentionFlags extends RegistryFlags {
  readonly archive?: string;
  readonly keepDays?: number;
}

export function define(command: Command): void {
  command
    .option("--archive <location>", "where events/day=…/ lies: rewritten without those who were erased")
    .option(
      "--keep-days <count>",
      "drop older events from the store of activity (AISLE_EVENTS)",
      wholeFrom(1),
    );
  addRegistryOptions(command);
  command.action(run);
}

/** Rewrites or drops whatever still holds the id of somebody who was erased, and what is too old to be kept. */
async function run(flags: RetentionFlags): Promise<void> {
  const registry = openRegistry(flags);
  const erasures = new Erasures(registry.store);
  const models = await redactModels(registry, erasures);
  const archive = flags.archive === undefined ? [] : await rewriteArchive(openStore(flags.archive), erasures);
  const activity = await openLocalActivity(flags.registry, readConfig());
  const before = flags.keepDays === undefined ? 0 : Date.now() / 1000 - flags.keepDays * 86_400;
  await activity?.sweep(before);
  activity?.close();
  if (flags.json) return printJson({ models, archive, activity: activity?.location });
  for (const { version, users } of models) print(`model ${version}: ${users} users taken out`);
  for (const { key, lines } of archive) print(`${key}: ${lines} lines taken out`);
  if (models.length + archive.length === 0) print("nothing held anybody who was erased");
  if (activity) print(`${activity.location} swept`);
}
