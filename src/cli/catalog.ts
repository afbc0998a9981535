import { userInfo } from "node:os";
import type { Command } from "commander";
import { packCatalog } from "../catalog/catalog.ts";
import { applyChanges } from "../catalog/changed-item.ts";
import { readItems } from "../catalog/read-items.ts";
import { readConfig } from "../config.ts";
import { timeOfCatalog } from "../serving/item-changes.ts";
import { registrySource } from "../serving/registry-source.ts";
import { UsageError } from "./failures.ts";
import { openLocalActivity } from "./local-activity.ts";
import { gather } from "./option-values.ts";
import {
  addRegistryOptions,
  openRegistry,
  print,
  printJson,
  type RegistryFlags,
} from "./registry-options.ts";

interface PushFlags extends RegistryFlags {
  readonly items?: string[];
  readonly fromChanges?: boolean;
  readonly why: string;
}

export function define(command: Command): void {
  const push = command
    .command("push")
    .description("make a catalogue live; servers pick it up within CATALOG_TTL")
    .option("--items <path>", "what the shop sells now (repeatable)", gather)
    .option("--from-changes", "the live catalogue with what was posted to /items since (AISLE_EVENTS)")
    .option("--why <reason>", "kept in the channel's history", "a new catalogue")
    .action(pushCatalog);
  addRegistryOptions(push);
}

async function pushCatalog(flags: PushFlags): Promise<void> {
  if ((flags.items === undefined) === (flags.fromChanges === undefined)) {
    throw new UsageError("name what the shop sells: either --items FILE or --from-changes");
  }
  if (flags.items === undefined) return pushChanges(flags);
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

/** The live catalogue and the changes since, as a version of its own, which no later change has to be laid over anew. */
async function pushChanges(flags: PushFlags): Promise<void> {
  const registry = openRegistry(flags);
  const base = (await registry.channel(flags.channel))?.catalog;
  if (base === undefined) {
    throw new UsageError(`channel "${flags.channel}" has no catalogue to change: push one with --items`);
  }
  const activity = await openLocalActivity(flags.registry, readConfig());
  if (activity === undefined) throw new UsageError("there is no store of activity: name it in AISLE_EVENTS");
  try {
    const readAt = Date.now();
    const changes = await activity.itemChanges(timeOfCatalog(base));
    const catalog = await registrySource(registry, flags.channel).loadCatalog(base);
    const before = Array.from({ length: catalog.count }, (_, row) => catalog.item(row));
    const items = applyChanges(before, changes);
    const version = await registry.publishCatalog(packCatalog(items));
    await registry.setCatalog(flags.channel, version, { who: userInfo().username, why: flags.why });
    // What came meanwhile is older than the version's name, and would be taken for known.
    await activity.putItems((await activity.itemChanges(readAt)).filter((late) => late.changedAt >= readAt));
    if (flags.json) return printJson({ version, items: items.length, changes: changes.length });
    print(
      `catalogue ${version}: ${items.length} items, ${changes.length} changed, live in "${flags.channel}"`,
    );
  } finally {
    activity.close();
  }
}
