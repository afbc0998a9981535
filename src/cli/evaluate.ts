import { type Command, Option } from "commander";
import { evaluate } from "../evaluation/evaluate.ts";
import { holdOutTruth, type Target } from "../evaluation/held-out.ts";
import { leaderboardText } from "../evaluation/leaderboard.ts";
import { checkCutoffs } from "../evaluation/metrics.ts";
import { labelLeaked, metricsDocument } from "../evaluation/metrics-document.ts";
import { recommendByModel } from "../evaluation/model-recommend.ts";
import { fittedPart, seenEvents } from "../evaluation/seen-events.ts";
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

interface EvaluateFlags extends RegistryFlags, EventFlags {
  readonly model?: string;
  readonly holdout: string[];
  readonly k: number[];
  readonly target?: Target;
  readonly seed: number;
  readonly allowSeen?: boolean;
}

/** The events are among those that the model was fitted on: what it scores there is no test. */
class SeenEventsError extends Error {
  override name = "SeenEventsError";
}

export function define(command: Command): void {
  command
    .option("--model <version>", "which version; the live one unless said")
    .requiredOption("--holdout <path>", "events that the model has not seen (repeatable)", gather);
  addEventOptions(command)
    .option("--weights <pairs>", "names event types, as in view=1,purchase=5", numericPairs)
    .option("--k <list>", "list lengths to measure at", numbers, [5, 10, 20, 25])
    .addOption(new Option("--target <events>", "which hidden events count").choices(["purchase", "any"]))
    .option("--seed <number>", "of the intervals' resampling", wholeFrom(0), 1)
    .option("--allow-seen", "measure all the same, every figure labelled leaked");
  addRegistryOptions(command);
  command.action(run);
}

async function run(flags: EvaluateFlags): Promise<void> {
  const registry = openRegistry(flags);
  const version = flags.model ?? (await liveVersion(registry, flags, "say which one with --model"));
  const { model } = await modelSource(flags).loadModel(version);
  const { log } = await readEventFiles(flags.holdout, flags, new Terminal());
  const seen = seenEvents(model, log);
  if (seen > 0 && !flags.allowSeen) {
    throw new SeenEventsError(
      `${seen} of ${log.length} events in ${flags.holdout.join(", ")} are among those that ${version} was fitted on: ` +
        "what it scores there is no test. Train with --holdout or --no-refit, or pass --allow-seen for leaked figures",
    );
  }
  const heldOut = holdOutTruth(fittedPart(model), log, { ...(flags.target && { target: flags.target }) });
  const report = evaluate(recommendByModel(model), heldOut, { ks: checkCutoffs(flags.k), seed: flags.seed });
  const leaked = seen > 0;
  if (flags.json) {
    printJson({
      version,
      leaked,
      target: heldOut.target,
      users: heldOut.users.length,
      metrics: leaked ? labelLeaked(metricsDocument(report)) : metricsDocument(report),
    });
    return;
  }
  print(heldOut.sentence);
  for (const [task, { figures, users }] of Object.entries(report.tasks)) {
    const heading = `${leaked ? "LEAKED " : ""}${task} items, ${users.length} users`;
    print(
      `\n${leaderboardText([{ name: version, figures }], {
        heading,
        columns: Object.keys(figures)
          .filter((name) => /^(ndcg|recall|precision|mrr|hit)@/.test(name))
          .slice(0, 8),
      })}`,
    );
  }
}
