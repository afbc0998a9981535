import { userInfo } from "node:os";
import { type Command, Option } from "commander";
import { readItems } from "../catalog/read-items.ts";
import type { EventColumnNames } from "../interactions/event-columns.ts";
import type { EventLog } from "../interactions/event-log.ts";
import { pseudonymousLog } from "../interactions/pseudonymous-log.ts";
import type { ReadEvents } from "../interactions/read-events.ts";
import { assessReadiness } from "../interactions/readiness.ts";
import { type PseudonymKey, pseudonymOf } from "../model/pseudonyms.ts";
import { train } from "../pipeline.ts";
import { type RecordingOrder, RunRecorder } from "../recording/recorder.ts";
import type { GatePolicy } from "../registry/gate.ts";
import type { Registry } from "../registry/registry.ts";
import type { TableFormat } from "../tables/table.ts";
import { programVersion } from "../version.ts";
import { readSources, withoutErased } from "./event-sources.ts";
import { UsageError } from "./failures.ts";
import { interruption } from "./interruption.ts";
import { newestPseudonymKey } from "./model-source.ts";
import { gather, pairs, reason, share } from "./option-values.ts";
import {
  addRegistryOptions,
  openRegistry,
  print,
  printJson,
  type RegistryFlags,
} from "./registry-options.ts";
import { publishOrRescue } from "./rescue.ts";
import { Terminal } from "./terminal.ts";
import { addModelOptions, type ModelFlags, TrackerFeed } from "./trackers.ts";
import { addTrainingOptions, type TrainingFlags, trainingOrder } from "./training-options.ts";
import { addPlaceOptions, checkPlace, openPlace, type PlaceFlags } from "./training-place.ts";
import { describeReadiness, describeResult, resultDocument, watchTraining } from "./watch-training.ts";

export interface EventFlags {
  readonly columns?: EventColumnNames;
  readonly format?: TableFormat;
  readonly maxBad: number;
  readonly weights?: Record<string, number>;
}

export interface TrainFlags extends RegistryFlags, EventFlags, TrainingFlags, ModelFlags, PlaceFlags {
  readonly weights?: Record<string, number>;
  readonly events: string[];
  readonly items?: string[];
  readonly holdout?: string[];
  readonly policy?: GatePolicy;
  readonly force?: string;
  readonly promote: boolean;
  readonly pseudonymous?: boolean;
  readonly run?: string;
  readonly resume?: string | true;
}

export function addEventOptions(command: Command): Command {
  return command
    .option(
      "--columns <pairs>",
      "user=…,item=…,event=…,time=…,value=… where the names are not understood",
      pairs,
    )
    .addOption(
      new Option("--format <name>", "where names do not tell").choices(["csv", "jsonl", "parquet", "lists"]),
    )
    .option("--max-bad <share>", "share of rows that may be unusable", share, 0.01);
}

export function define(command: Command): void {
  command
    .requiredOption(
      "--events <path>",
      "a file, a folder, - for standard input, or sqlite:PATH (repeatable)",
      gather,
    )
    .option("--items <path>", "what the shop sells (repeatable)", gather)
    .option("--holdout <path>", "events to test on, which no fit reads (repeatable)", gather)
    .option("--pseudonymous", "keep users' ids out of the model and all that is said of it (AISLE_KEYS)");
  addEventOptions(command);
  addTrainingOptions(command);
  addPlaceOptions(command);
  command
    .optionsGroup("What is kept of it:")
    .option("--run <name>", "what the run is called; made up unless said, see aisle runs")
    .addOption(
      new Option(
        "--resume [run]",
        "go on with a run that was interrupted, the last one unless named",
      ).conflicts("run"),
    )
    .optionsGroup("What becomes of it:");
  addRegistryOptions(command);
  command
    .addOption(
      new Option("--policy <name>", "what to do where under 200 test users cannot tell").choices([
        ...["cautious", "permissive"],
      ]),
    )
    .option(
      "--force <reason>",
      "promote whatever the gate says; the reason stays in the channel's history",
      reason,
    )
    .option("--no-promote", "publish and ask the gate, and leave the live model: a rollout comes next");
  addModelOptions(command);
  command.action(run);
}

async function run(flags: TrainFlags): Promise<void> {
  const begun = performance.now();
  const terminal = new Terminal();
  let release = (): void => {};
  let recorder: RunRecorder | undefined;
  let feed: TrackerFeed | undefined;
  try {
    const order = trainingOrder(flags);
    const registry = openRegistry(flags);
    checkPlace(flags, registry);
    const hiding = flags.pseudonymous ? await newestPseudonymKey() : undefined;
    const about = { who: userInfo().username, program: programVersion, source: flags.events.join(", ") };
    recorder = await openRun(flags, { ...about, store: registry.store }, terminal);
    feed = new TrackerFeed(recorder.run, registry, { ...flags, say: (line) => terminal.say(line) });
    const read = await readEventFiles(flags.events, flags, terminal);
    const events = await learnable(read.log, registry, hiding);
    terminal.say(describeReadiness(assessReadiness(events)));
    if (events.length === 0) throw new UsageError(`there are no events in ${flags.events.join(", ")}`);
    const catalog = flags.items && (await readItems(flags.items));
    const holdout = flags.holdout && (await readEventFiles(flags.holdout, flags, terminal));
    const holdOut = {
      ...order.holdOut,
      ...(holdout && { holdout: await learnable(holdout.log, registry, hiding) }),
    };
    // Up to here there is nothing to end gracefully: Ctrl-C ends the process even where it waits for its input.
    const stop = interruption(`interrupted: nothing was published. ${howToGoOn(recorder)}`);
    release = stop.release;
    const { policy, force, promote: promotes, channel } = flags;
    const journal = feed.following(recorder.journal(events, { ...order, holdOut }));
    const place = await openPlace(flags, registry, recorder.run, terminal);
    const fullOrder = { ...order, holdOut, signal: stop.signal, journal, place };
    const trained = await train({ events }, fullOrder, watchTraining(terminal));
    const to = {
      ...about,
      registry,
      channel,
      run: recorder.run,
      items: catalog?.items,
      pseudonyms: hiding?.id,
      policy,
      force,
      promotes,
    };
    const released = await publishOrRescue(trained, fullOrder, to);
    const seconds = Math.round(performance.now() - begun) / 1000;
    await recorder.finish(trained, released, { channel, seconds });
    terminal.close();
    if (flags.json) printJson(resultDocument(trained, released, seconds));
    else print(describeResult(trained, released));
  } finally {
    release();
    await recorder?.settle();
    terminal.close();
    await feed?.close();
  }
}

/** Without whoever was erased, who is found by the id, and from there on under pseudonyms where ids are to be hidden. */
async function learnable(
  log: EventLog,
  registry: Registry,
  hiding: PseudonymKey | undefined,
): Promise<EventLog> {
  const kept = await withoutErased(log, registry);
  return hiding === undefined ? kept : pseudonymousLog(kept, (userId) => pseudonymOf(userId, hiding));
}

/** Says by what name the run is kept, before anything is read. */
async function openRun(
  { run: name, resume }: TrainFlags,
  about: Omit<RecordingOrder, "name" | "resume" | "say">,
  terminal: Terminal,
): Promise<RunRecorder> {
  const recorder = await RunRecorder.open({ ...about, name, resume, say: (line) => terminal.say(line) });
  const { run, leftOver } = recorder;
  terminal.say(leftOver === undefined ? `run ${run}` : `run ${run} goes on: ${leftOver}`);
  return recorder;
}

function howToGoOn({ run }: RunRecorder): string {
  return `The same call with --resume ${run} goes on where it ended`;
}

/** Reads events and says what was left out, if anything was. */
export async function readEventFiles(
  paths: readonly string[],
  { columns, format, maxBad, weights }: EventFlags,
  terminal: Terminal,
): Promise<ReadEvents> {
  const step = `reading ${paths.length === 1 ? paths[0] : `${paths.length} files and folders`}`;
  const rows = (count: number): string => `${count.toLocaleString("en")} rows`;
  // Whoever forgot the pipe learns what is waited for.
  if (paths.includes("-")) terminal.say("… reading events from standard input");
  const read = await readSources(paths, {
    onProgress: (count) => terminal.progress(step, count, Number.POSITIVE_INFINITY, rows(count)),
    ...(columns && { columns }),
    ...(format && { format }),
    ...(weights && { weights }),
    maxBadShare: maxBad,
  });
  terminal.progress(step, 1, 1, rows(read.rowCount));
  const { count, examples } = read.bad;
  if (count > 0) {
    terminal.say(`! ${count} of ${read.rowCount} rows were left out, the first of them:`);
    for (const { file, line, reason } of examples.slice(0, 5))
      terminal.say(`    ${file}: line ${line}: ${reason}`);
  }
  return read;
}
