import type { Command } from "commander";
import { readConfig } from "../config.ts";
import { bill, personalizeMonth, usual } from "../cost/bill.ts";
import { pricesAsOf, region } from "../cost/prices.ts";
import { log } from "../log.ts";
import { NoModelError } from "../serving/query.ts";
import { Serving } from "../serving/serving.ts";
import { readRecorded } from "../shadow/recorded.ts";
import { type Latency, type Shadow, shadow } from "../shadow/shadow.ts";
import { openLocalActivity } from "./local-activity.ts";
import { modelSource } from "./model-source.ts";
import { numbers, wholeFrom } from "./option-values.ts";
import { addRegistryOptions, print, printJson, type RegistryFlags } from "./registry-options.ts";
import { formatColumns } from "./terminal.ts";

interface ShadowFlags extends RegistryFlags {
  readonly k: number[];
  readonly requests: number;
  readonly model?: string;
}

export function define(command: Command): void {
  command
    .argument(
      "<recorded...>",
      'Amazon Personalize\'s answers: JSON Lines of {"request", "response", "latencyMs"}, files or folders',
    )
    .option("--k <list>", "overlap of the first K of both", numbers, [5, 10, 25])
    .option("--requests <count>", "in a month, to reckon the bills by", wholeFrom(0), usual.requests)
    .option("--model <version>", "another version than the live one");
  addRegistryOptions(command);
  command.action(run);
}

async function run(
  recorded: string[],
  { k: ks, requests, model, json, ...flags }: ShadowFlags,
): Promise<void> {
  const activity = await openLocalActivity(flags.registry, readConfig());
  try {
    const source = modelSource(flags);
    const speak = log.hush();
    const pinned = model === undefined ? {} : { pinnedModel: model };
    const serving = await Serving.start({ source, activity, ...pinned }).finally(speak);
    if (serving.failure !== undefined) throw new NoModelError(serving.failure);
    const found = await shadow(readRecorded(recorded), {
      ks,
      ask: async (query, isPopular) => {
        const recalled = await serving.recall(query);
        return isPopular ? serving.popular(recalled) : serving.answer(recalled);
      },
    });
    const month = {
      requests,
      personalize: personalizeMonth(requests),
      aisle: bill({ ...usual, requests }).charged,
    };
    if (json) printJson({ ...found, month, region, pricesAsOf });
    else show(found, month);
  } finally {
    activity?.close();
  }
}

function show(
  { requests, overlap, items, sources, theirs, ours }: Shadow,
  month: Record<string, number>,
): void {
  print(`${requests} requests replayed`);
  const shares = overlap.map(({ k, share: { value, low, high } }) => [
    `overlap@${k}`,
    Number.isNaN(value) ? "" : `${percent(value)} [${percent(low)}, ${percent(high)}]`,
  ]);
  const kinds = Object.entries(sources).map(([name, count]) => `${name} ${count}`);
  const rows = [
    ...shares,
    ["items in answers", `theirs ${items.theirs}, ours ${items.ours}, both ${items.both}`],
    ["ours by source", kinds.join(", ")],
    ["latency, theirs", latency(theirs, "recorded")],
    ["latency, ours", latency(ours, "on this machine, without the network")],
    [
      `a month of ${month.requests} requests`,
      `Amazon Personalize $${month.personalize.toFixed(2)}, aisle $${month.aisle.toFixed(2)} (${region}, ${pricesAsOf})`,
    ],
  ];
  print(formatColumns(["", ""], rows));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function latency(found: Latency | undefined, how: string): string {
  return found ? `p50 ${found.p50.toFixed(2)} ms, p99 ${found.p99.toFixed(2)} ms, ${how}` : "not recorded";
}
