import { setTimeout as pause } from "node:timers/promises";
import { type Command, Option } from "commander";
import { trackerEnvironment } from "../config.ts";
import { openTrackers } from "../tracking/open-trackers.ts";
import { PushMemory, type PushOrder, type PushReport, pushRun } from "../tracking/push.ts";
import { RunStore } from "../tracking/run-store.ts";
import type { Tracker, TrackerName } from "../tracking/tracker.ts";
import { UsageError } from "./failures.ts";
import { interruption } from "./interruption.ts";
import {
  addRegistryOptions,
  openRegistry,
  print,
  printJson,
  type RegistryFlags,
} from "./registry-options.ts";
import { addModelOptions, countOf, describeModels, type ModelFlags } from "./trackers.ts";

interface PushFlags extends RegistryFlags, ModelFlags {
  readonly to?: TrackerName;
}

interface Pushed extends PushReport {
  readonly run: string;
  readonly tracker: TrackerName;
  readonly location: string;
}

/** What of a run has not arrived. */
class NotSentError extends Error {
  override name = "NotSentError";
}

export function definePush(command: Command): void {
  command
    .argument("[run]", "its name; all of them where absent")
    .addOption(new Option("--to <tracker>", "only there").choices(["mlflow", "comet"]));
  addModelOptions(command);
  addRegistryOptions(command);
  command.action(push);
}

async function push(name: string | undefined, flags: PushFlags): Promise<void> {
  const trackers = chosen(flags.to);
  const registry = openRegistry(flags);
  const runs = name === undefined ? await new RunStore(registry.store).names() : [name];
  const stop = interruption("interrupted: what has arrived is noted, the rest is sent by the same command");
  const pushed: Pushed[] = [];
  try {
    for (const tracker of trackers) {
      for (const run of runs) {
        const order = {
          store: registry.store,
          tracker,
          describeModel: describeModels(registry, flags),
          signal: stop.signal,
        };
        const report = await withPatience(run, order);
        pushed.push({ run, tracker: tracker.name, location: tracker.location, ...report });
        stop.signal.throwIfAborted();
        // Whoever does not answer, or takes no key of ours, is not asked once more for each run.
        if (report.kind === "denied" || report.kind === "passing") break;
      }
    }
  } finally {
    stop.release();
  }
  tell(pushed, flags);
}

function chosen(to: TrackerName | undefined): readonly Tracker[] {
  const { trackers, problems } = openTrackers(trackerEnvironment());
  const wanted = trackers.filter(({ name }) => to === undefined || name === to);
  const wrong = problems.filter(({ name }) => to === undefined || name === to);
  if (wrong.length > 0) throw new UsageError(wrong.map(({ message }) => message).join("\n"));
  if (wanted.length > 0) return wanted;
  const variables = { mlflow: "MLFLOW_TRACKING_URI", comet: "COMET_API_KEY" };
  throw new UsageError(
    `the environment names no tracker: set ${to ? variables[to] : Object.values(variables).join(" or ")}`,
  );
}

/** So many passes in a row may fail with nothing sent before this gives up. */
const attempts = 4;

async function withPatience(run: string, order: PushOrder): Promise<PushReport> {
  const memory = new PushMemory();
  let sent = 0;
  for (let failures = 0; ; ) {
    const report = await pushRun(run, { ...order, memory });
    sent += report.sent;
    failures = report.sent > 0 ? 1 : failures + 1;
    if (report.kind !== "passing" || failures >= attempts || order.signal.aborted) return { ...report, sent };
    const wait = Math.max(500 * 2 ** failures, report.retryAfterMs ?? 0);
    await pause(wait, undefined, { signal: order.signal }).catch(() => undefined);
  }
}

function tell(pushed: readonly Pushed[], { json }: PushFlags): void {
  if (json) printJson({ pushed });
  else for (const each of pushed) print(describe(each));
  const failed = pushed.filter(({ unsent, reason }) => unsent.length > 0 || reason !== undefined);
  if (failed.length === 0) return;
  const reasons = failed.map(
    ({ run, tracker, reason }) => `${run} to ${tracker}: ${reason ?? "not all of it"}`,
  );
  throw new NotSentError(`not everything was sent; the same command goes on\n  ${reasons.join("\n  ")}`);
}

function describe({ run, tracker, location, sent, unsent }: Pushed): string {
  const left = unsent.length === 0 ? "" : `; not sent: ${countOf(unsent)}`;
  const done = sent === 0 ? "nothing new" : `${sent} records sent`;
  return `${run} to ${tracker} at ${location}: ${done}${left}`;
}
