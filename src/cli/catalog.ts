import { userInfo } from "node:os";
import type { Command } from "commander";
import { packCatalog } from "../catalog/catalog.ts";
import { readItems } from "../catalog/read-items.ts";
import { gather } from "./option-values.ts";
import {
  addRegistryOptions,
  openRegistry,
  print,
  printJson,
  type RegistryFlags,
} from "./registry-options.ts";

interface PushFlags extends RegistryFlags {
  readonly items: string[];
  readonly why: string;
}

export function define(command: Command): void {
  const push = command
    .command("push")
    .description("make a catalogue live; servers pick it up within CATALOG_TTL")
    .requiredOption("--items <path>", "what the shop sells now (repeatable)", gather)
    .option("--why <reason>", "kept in the channel's history", "a new catalogue")
    .action(pushCatalog);
  addRegistryOptions(push);
}

async function pushCatalog(flags: PushFlags): Promise<void> {
  const { items, bad, duplicates } = await readItems(flags.items);
  const registry = openRegistry(flags);
  const version = await registry.publishCatalog(packCatalog(items));
  await registry.setCatalog(flags.channel, version, { who: userInfo().username, why: flags.why });
  const available = items.filter((item) => item.available).length;
  if (flags.json) return printJson({ version, items: items.length, available, bad: bad.count, duplicates });
  print(
    `catalogue ${version}: ${items.length} items, ${available} of them available, live in "${flags.channel}"`,
  );
  if (bad.count > 0) process.stderr.write(`! ${bad.count} rows were left out: ${bad.examples[0]?.reason}\n`);
}
