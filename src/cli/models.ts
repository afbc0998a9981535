import { userInfo } from "node:os";
import { type Command, Option } from "commander";
import { type Figure, figureValue } from "../evaluation/metrics.ts";
import { promoteVersion } from "../promotion.ts";
import type { GatePolicy } from "../registry/gate.ts";
import type { Manifest } from "../registry/manifest.ts";
import { prune } from "../registry/prune.ts";
import type { Registry } from "../registry/registry.ts";
import { historyOf } from "../registry/version-history.ts";
import { UsageError } from "./failures.ts";
import { showGateHistory } from "./gate-history.ts";
import { reason, wholeFrom } from "./option-values.ts";
import {
  addRegistryOptions,
  openRegistry,
  print,
  printJson,
  type RegistryFlags,
} from "./registry-options.ts";
import { formatColumns } from "./terminal.ts";

export function define(command: Command): void {
  const add = (usage: string, summary: string, isDefault = false): Command => {
    const subcommand = command.command(usage, { isDefault }).description(summary);
    addRegistryOptions(subcommand);
    return subcommand;
  };
  add("list", "every version and what it measured (the default)", true).action(list);
  add("show <version>", "one version's manifest").action(show);
  add("history", "what the gate said of every model that asked for a channel").action(showGateHistory);
  add("promote <version>", "make a version live, if the gate agrees")
    .option("--force <reason>", "whatever the gate says; the reason stays in the channel's history", reason)
    .addOption(new Option("--policy <name>", "where nothing can be told").choices(["cautious", "permissive"]))
    .action(promote);
  add("rollback", "make the version before the live one live again")
    .option("--to <version>", "another one")
    .requiredOption("--why <reason>", "kept in the channel's history")
    .action(rollback);
  add("copy <from> [to]", "copy a version, or the one that is live in a registry, to another registry")
    .usage("<version> --to <registry>  or  <registry> <registry>")
    .option("--to <registry>", "the other registry, for a version")
    .option("--model <version>", "the version, for two registries, where it is not the live one")
    .action(copy);
  add("remove <version>", "delete a version that no channel names").action(remove);
  add("prune", "delete old models, catalogues and rules that no channel names or would go back to")
    .option("--keep <count>", "how many of the newest stay all the same", wholeFrom(0), 5)
    .action(pruneOld);
}

async function list(flags: RegistryFlags): Promise<void> {
  const registry = openRegistry(flags);
  const manifests = await registry.manifests();
  const live = await liveVersions(registry);
  if (flags.json) {
    return printJson(
      manifests.map((manifest) => ({ ...summary(manifest), live: live.get(manifest.version) ?? [] })),
    );
  }
  if (manifests.length === 0)
    return print(`no models in ${registry.store.location} yet: aisle train makes one`);
  const rows = manifests.map((manifest) => {
    const { version, rank, userCount, itemCount, ndcg } = summary(manifest);
    const figures = [String(rank), String(userCount), String(itemCount), ndcg?.toFixed(4) ?? "–"];
    return [version, ...figures, (live.get(version) ?? []).join(", ")];
  });
  print(formatColumns(["version", "factors", "users", "items", "ndcg@10", "live in"], rows));
}

function summary({ version, createdAt, rank, userCount, itemCount, metrics }: Manifest) {
  const figure = metrics?.all?.["ndcg@10"] as Figure | undefined;
  return {
    version,
    createdAt,
    rank,
    userCount,
    itemCount,
    ndcg: figure === undefined ? undefined : figureValue(figure),
  };
}

async function liveVersions(registry: Registry): Promise<Map<string, string[]>> {
  const live = new Map<string, string[]>();
  for (const name of await registry.channelNames()) {
    const model = (await registry.channel(name))?.model;
    if (model) live.set(model, [...(live.get(model) ?? []), name]);
  }
  return live;
}

async function show(version: string, flags: RegistryFlags): Promise<void> {
  const registry = openRegistry(flags);
  printJson({ ...(await registry.manifest(version)), history: await historyOf(registry, version) });
}

async function promote(
  version: string,
  flags: RegistryFlags & { force?: string; policy?: GatePolicy },
): Promise<void> {
  const { registry, channel, json, ...gate } = flags;
  const answer = await promoteVersion(version, {
    ...gate,
    registry: openRegistry({ registry }),
    channel,
    who: userInfo().username,
  });
  if (json) printJson({ version, channel, promoted: answer.decision === "promote", gate: answer });
  else print(`${answer.decision === "promote" ? "promoted" : "not promoted"}: ${answer.reason}`);
  if (answer.decision === "hold") process.exitCode = 1;
}

async function rollback(flags: RegistryFlags & { to?: string; why: string }): Promise<void> {
  const change = { who: userInfo().username, why: flags.why };
  const version = await openRegistry(flags).rollback(flags.channel, change, flags.to);
  if (flags.json) printJson({ channel: flags.channel, version });
  else print(`channel "${flags.channel}" serves ${version} again`);
}

interface CopyFlags extends RegistryFlags {
  readonly to?: string;
  readonly model?: string;
}

/** From account to account what is copied is what is live: nobody has to look its version up first. */
async function copy(from: string, to: string | undefined, flags: CopyFlags): Promise<void> {
  const place = to ?? flags.to;
  if (place === undefined || (to !== undefined && flags.to !== undefined)) {
    throw new UsageError(
      "name a version and --to a registry, or two registries: the one to copy from and to",
    );
  }
  const source = openRegistry(to === undefined ? flags : { registry: from });
  const version = to === undefined ? from : (flags.model ?? (await liveIn(source, flags.channel)));
  const other = openRegistry({ registry: place });
  await source.copyTo(other, version);
  const { location } = other.store;
  if (flags.json) return printJson({ version, to: location });
  print(`copied ${version} to ${location}; to make it live there:`);
  print(`  aisle models promote ${version} --registry ${location} --channel ${flags.channel}`);
}

async function liveIn(registry: Registry, channel: string): Promise<string> {
  const model = (await registry.channel(channel))?.model;
  if (model !== undefined) return model;
  throw new UsageError(
    `channel "${channel}" of ${registry.store.location} names no model: name one by --model`,
  );
}

async function remove(version: string, flags: RegistryFlags): Promise<void> {
  await openRegistry(flags).remove(version);
  if (flags.json) printJson({ removed: version });
  else print(`removed ${version}`);
}

async function pruneOld(flags: RegistryFlags & { keep: number }): Promise<void> {
  const gone = await prune(openRegistry(flags), { keep: flags.keep });
  if (flags.json) return printJson(gone);
  for (const version of gone.models) print(`removed model ${version}`);
  for (const version of gone.catalogs) print(`removed catalogue ${version}`);
  for (const version of gone.rules) print(`removed rules ${version}`);
  if (Object.values(gone).every((versions) => versions.length === 0)) print("nothing to remove");
}
