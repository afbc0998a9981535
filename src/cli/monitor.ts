import { type Command, Option } from "commander";
import type { Target } from "../evaluation/held-out.ts";
import { leaderboardText } from "../evaluation/leaderboard.ts";
import { type Monitored, type MonitorVerdict, monitorModel } from "../monitoring.ts";
import { withoutErased } from "./event-sources.ts";
import { modelSource } from "./model-source.ts";
import { gather, numbers, numericPairs, wholeFrom } from "./option-values.ts";
import {
  addRegistryOptions,
  liveVersion,
  openRegistry,
  print,
  printJson,
  type RegistryFlags,
} from "./registry-options.ts";
import { Terminal } from "./terminal.ts";
import { addEventOptions, type EventFlags, readEventFiles } from "./train.ts";

interface MonitorFlags extends RegistryFlags, EventFlags {
  readonly events: string[];
  readonly model?: string;
  readonly k: number[];
  readonly target?: Target;
  readonly by?: string;
  readonly seed: number;
}

/** What a schedule is told. */
const codes: Readonly<Record<MonitorVerdict, number>> = {
  "beats popularity": 0,
  "does not beat popularity": 3,
  "cannot tell": 4,
};

export function define(command: Command): void {
  command
    .requiredOption(
      "--events <path>",
      "a file, a folder, -, or sqlite:PATH: what happened since (repeatable)",
      gather,
    )
    .option("--model <version>", "which version; the live one unless said");
  addEventOptions(command)
    .option("--weights <pairs>", "names event types, as in view=1,purchase=5", numericPairs)
    .option("--k <list>", "list lengths to measure at", numbers, [5, 10, 20, 25])
    .addOption(new Option("--target <events>", "which events count").choices(["purchase", "any"]))
    .option(
      "--by <figure>",
      'the figure that decides, as in "ndcg@10 on new items"; what chose the model unless said',
    )
    .option("--seed <number>", "of the intervals' resampling", wholeFrom(0), 1)
    .addHelpText(
      "after",
      "\nOnly events after the model's data count. Ends with 0 where it beats popularity, 3 where it is not shown to any\n" +
        "longer, 4 where too few users (under 200) can tell, 2 where the call is wrong, 1 otherwise.",
    );
  addRegistryOptions(command);
  command.action(run);
}

async function run(flags: MonitorFlags): Promise<void> {
  const registry = openRegistry(flags);
  const version = flags.model ?? (await liveVersion(registry, flags, "say which one with --model"));
  const manifest = await registry.manifest(version);
  const { model } = await modelSource(flags).loadModel(version);
  const { log } = await readEventFiles(flags.events, flags, new Terminal());
  const metric = flags.by ?? (await registry.testRecord(version))?.metric;
  const monitored = monitorModel(model, manifest, await withoutErased(log, registry), {
    ...{ ks: flags.k, target: flags.target, seed: flags.seed, metric },
  });
  if (flags.json) printJson({ channel: flags.channel, ...monitored });
  else show(monitored);
  process.exitCode = codes[monitored.verdict];
}

function show({ version, dataUntil, events, users, target, metrics, popularity, sentence }: Monitored): void {
  const n = (count: number): string => count.toLocaleString("en");
  const what = target === "purchase" ? "purchases" : "events of any type";
  print(`model ${version}, whose data end ${dataUntil}`);
  print(
    `${n(events.later)} of ${n(events.given)} events came later; ${n(events.counted)} ${what} of ${n(users.later)} users ` +
      `count, ${n(users.known)} of whom the model knows`,
  );
  for (const task of ["all", "new"] as const) {
    const rows = [
      { name: version, figures: metrics[task] ?? {} },
      { name: "popularity", figures: popularity[task] ?? {} },
    ];
    if (Object.keys(rows[0].figures).length > 0)
      print(`\n${leaderboardText(rows, { heading: `${task} items` })}`);
  }
  print(`\n${sentence}`);
}
