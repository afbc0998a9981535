import type { Command } from "commander";
import { costOfRules, lastVisits, type Measurement } from "../admin/rules-cost.ts";
import { holdOutTruth } from "../evaluation/held-out.ts";
import { fittedPart, seenEvents } from "../evaluation/seen-events.ts";
import type { ServingChange } from "../evaluation/serving-change.ts";
import { log } from "../log.ts";
import { rulesSchema } from "../registry/rules.ts";
import { liveSnapshot } from "../serving/check-rules.ts";
import { registrySource } from "../serving/registry-source.ts";
import type { Snapshot } from "../serving/snapshot.ts";
import { UsageError } from "./failures.ts";
import { gather, numericPairs, wholeFrom } from "./option-values.ts";
import { openRegistry, print, printJson, type RegistryFlags } from "./registry-options.ts";
import { readRulesFile } from "./rules-file.ts";
import { formatColumns, Terminal } from "./terminal.ts";
import { addEventOptions, type EventFlags, readEventFiles } from "./train.ts";

interface CostFlags extends RegistryFlags, EventFlags {
  readonly holdout?: string[];
  readonly users: number;
  readonly k: number;
  readonly seed: number;
}

export function addCostOptions(command: Command): Command {
  command.option(
    "--holdout <path>",
    "events to find again, instead of users' last visits (repeatable)",
    gather,
  );
  addEventOptions(command).option(
    "--weights <pairs>",
    "names event types, as in view=1,purchase=5",
    numericPairs,
  );
  return command
    .option("--users <count>", "of a sample, where there is no --holdout", wholeFrom(1, 1_000_000), 2000)
    .option("--k <length>", "of the lists", wholeFrom(1, 500), 10)
    .option("--seed <number>", "of the sample and of the intervals", wholeFrom(0), 1);
}

/** What rules cost in NDCG and buy in coverage, all together and each alone, against none. */
export async function cost(path: string, flags: CostFlags): Promise<void> {
  const rules = await readRulesFile(path);
  const snapshot = await readLive(flags);
  const measured = flags.holdout
    ? await heldOutEvents(snapshot, flags.holdout, flags)
    : lastVisits(snapshot, flags);
  const found = await costOfRules(snapshot, rules, measured, flags);
  if (flags.json) return printJson(found);
  print(found.measuredOn);
  const rows = [{ rule: "all of them", ...found.all }, ...found.each].map(rowOf);
  const heads = ["rule", `ndcg@${flags.k}`, "95 % interval", `coverage@${flags.k}`, "lists changed"];
  print(`\n${formatColumns(heads, rows)}`);
}

async function readLive(flags: CostFlags): Promise<Snapshot> {
  const registry = openRegistry(flags);
  const version = (await registry.channel(flags.channel))?.rules;
  const rules = version === undefined ? rulesSchema.parse({}) : await registry.readRules(version);
  const speak = log.hush();
  const snapshot = await liveSnapshot(rules, registrySource(registry, flags.channel)).finally(speak);
  if (snapshot === undefined) {
    throw new UsageError(
      `channel "${flags.channel}" names no model yet: there is nothing to measure rules on`,
    );
  }
  return snapshot;
}

async function heldOutEvents(snapshot: Snapshot, paths: string[], flags: CostFlags): Promise<Measurement> {
  const { log: events } = await readEventFiles(paths, flags, new Terminal());
  const seen = seenEvents(snapshot.model, events);
  const heldOut = holdOutTruth(fittedPart(snapshot.model), events);
  if (seen === 0) return { heldOut };
  const said = `The model has seen ${seen} of ${events.length} of them: good for comparing, no measure of the model.`;
  return { heldOut: { ...heldOut, sentence: `${heldOut.sentence} ${said}` } };
}

function rowOf({ rule, ndcg, coverage, changedLists }: ServingChange & { readonly rule: string }): string[] {
  const signed = (share: number) => `${share < 0 ? "−" : "+"}${(100 * Math.abs(share)).toFixed(1)} %`;
  const { relative } = ndcg;
  return [
    ...[rule, relative ? signed(relative.value) : "nothing found either way"],
    relative ? `${signed(relative.low)} to ${signed(relative.high)}` : "",
    `${(100 * coverage.before).toFixed(1)} → ${(100 * coverage.after).toFixed(1)} %`,
    `${Math.round(100 * changedLists)} %`,
  ];
}
