import { userInfo } from "node:os";
import type { Command } from "commander";
import { log } from "../log.ts";
import { type Rules, RulesError } from "../registry/rules.ts";
import { type CheckedRules, checkRules } from "../serving/check-rules.ts";
import { modelSource } from "./model-source.ts";
import {
  addRegistryOptions,
  openRegistry,
  print,
  printJson,
  type RegistryFlags,
} from "./registry-options.ts";
import { addCostOptions, cost } from "./rules-cost.ts";
import { readRulesFile } from "./rules-file.ts";
import { formatColumns } from "./terminal.ts";

export function define(command: Command): void {
  const add = (usage: string, summary: string): Command => {
    const subcommand = command.command(usage).description(summary);
    addRegistryOptions(subcommand);
    return subcommand;
  };
  add(
    "push <file>",
    "make rules live: named filters, promotions, pins, boosts; servers pick them up within CATALOG_TTL",
  )
    .option("--why <reason>", "kept in the channel's history", "new rules")
    .option("--replaces <version>", "refuse where other rules than these are live; none for none")
    .option("--force", "also where a rule cannot be applied to what is live: it is left out of answers")
    .action(push);
  add("show [version]", "the rules that are live, or these").action(show);
  add("check <file>", "what rules would do to what is live, without a change").action(check);
  addCostOptions(
    add("cost <file>", "what rules cost in NDCG and buy in coverage, each alone and all together"),
  ).action(cost);
}

/** Against the channel's own model and catalogue; where nothing is live yet, only the texts can be looked at. */
async function checkLive(rules: Rules, flags: RegistryFlags): Promise<CheckedRules> {
  const speak = log.hush();
  return checkRules(rules, modelSource(flags)).finally(speak);
}

async function push(
  path: string,
  flags: RegistryFlags & { why: string; replaces?: string; force?: boolean },
): Promise<void> {
  const rules = await readRulesFile(path);
  const { faults } = await checkLive(rules, flags);
  if (faults.length > 0 && !flags.force)
    throw new RulesError(`nothing was done:\n${faultLines(faults).join("\n")}`);
  const registry = openRegistry(flags);
  const version = await registry.publishRules(rules);
  await registry.setRules(
    flags.channel,
    version,
    { who: userInfo().username, why: flags.why },
    flags.replaces,
  );
  if (flags.json) return printJson({ version, channel: flags.channel, faults });
  print(`rules ${version} are live in "${flags.channel}": ${summary(rules)}`);
  for (const line of faultLines(faults)) process.stderr.write(`! ${line}\n`);
}

async function show(asked: string | undefined, flags: RegistryFlags): Promise<void> {
  const registry = openRegistry(flags);
  const version = asked ?? (await registry.channel(flags.channel))?.rules;
  if (version === undefined) {
    if (flags.json) return printJson({ version: null });
    return print(`no rules are live in "${flags.channel}" yet: aisle rules push makes some`);
  }
  printJson({ version, ...(await registry.readRules(version)) });
}

async function check(path: string, flags: RegistryFlags): Promise<void> {
  const rules = await readRulesFile(path);
  const checked = await checkLive(rules, flags);
  if (checked.faults.length > 0) process.exitCode = 1;
  if (flags.json) return printJson(checked);
  print(`${path}: ${summary(rules)}`);
  const rows = checked.rules.map(({ rule, itemCount, needs }) => [
    rule,
    itemCount === undefined ? "" : String(itemCount),
    needs.map((name) => `$${name}`).join(", "),
  ]);
  if (rows.length > 0) print(formatColumns(["rule", "items", "needs"], rows));
  for (const line of faultLines(checked.faults)) print(`! ${line}`);
}

function faultLines(faults: CheckedRules["faults"]): string[] {
  return faults.map(({ rule, reason }) => `${rule}: ${reason}`);
}

function summary({ filters, promotions, pins, boosts, experiment }: Rules): string {
  const counts = { filters: Object.keys(filters).length, promotions: promotions.length, pins: pins.length };
  const told = Object.entries({ ...counts, boosts: boosts.length }).map(
    ([name, count]) => `${count} ${name}`,
  );
  return [...told, ...(experiment ? [`experiment ${experiment.name}`] : [])].join(", ");
}
