import { userInfo } from "node:os";
import { type Command, Option } from "commander";
import { readItems } from "../catalog/read-items.ts";
import { ExchangeError } from "../exchange/exchange-error.ts";
import { readImplicit } from "../exchange/implicit.ts";
import { type ImportOrder, importModel } from "../exchange/import-model.ts";
import type { ImportedSettings, SaidSettings } from "../exchange/imported-factors.ts";
import { readSpark } from "../exchange/spark.ts";
import { release as publish, type Released } from "../release.ts";
import { programVersion } from "../version.ts";
import { withoutErased } from "./event-sources.ts";
import { UsageError } from "./failures.ts";
import { addImportOptions, confidenceOf, type ImportFlags, measuringOrder } from "./import-options.ts";
import { interruption } from "./interruption.ts";
import { openRegistry, print, printJson } from "./registry-options.ts";
import { Terminal } from "./terminal.ts";
import { readEventFiles } from "./train.ts";
import { describeResult, resultDocument } from "./watch-training.ts";

interface SparkFlags extends ImportFlags {
  readonly served?: string;
}

interface ImplicitFlags extends ImportFlags {
  readonly userIds?: string;
  readonly itemIds?: string;
  readonly users: "given" | "solved";
}

export function define(command: Command): void {
  const spark = command
    .command("spark <folder>")
    .description("userFactors and itemFactors of Spark MLlib's implicit ALS, as als_job.py leaves them")
    .option(
      "--served <folder>",
      "of the same settings, fitted to all events: served once <folder> was measured",
    );
  addImportOptions(spark).action(runSpark);
  const implicit = command
    .command("implicit <npz>")
    .description("what AlternatingLeastSquares.save of the Python library implicit writes")
    .option("--user-ids <file>", "an id on each line, in the order of the matrix; else user_ids of the npz")
    .option("--item-ids <file>", "the same for items; else item_ids of the npz")
    .addOption(
      new Option("--users <whose>", "the file's own rows, or its equation solved anew from each history")
        .choices(["given", "solved"])
        .default("given"),
    );
  addImportOptions(implicit).action(runImplicit);
}

async function runSpark(folder: string, flags: SparkFlags): Promise<void> {
  const { factors, job } = await readSpark(folder);
  const served = flags.served === undefined ? undefined : await readSpark(flags.served);
  const confidence = confidenceOf(flags, job?.confidence);
  const ofJob = job?.testFrom ? { testFrom: job.testFrom } : {};
  const cut = { ...ofJob, ...measuringOrder(flags).holdOut };
  if (served?.job?.testFrom) {
    throw new ExchangeError(
      `${flags.served}: it was fitted to a part of the events only: fit with --all-events`,
    );
  }
  await run(folder, flags, cut, {
    ...{ factors, confidence, users: "given", served: served?.factors },
    settings: settingsOf(
      flags,
      { iterations: job?.iterations, seed: job?.seed, ...jobSettings(job) },
      folder,
    ),
  });
}

function jobSettings(job: Awaited<ReturnType<typeof readSpark>>["job"]): SaidSettings {
  return job ? { alpha: job.alpha, regularization: job.regularization } : {};
}

async function runImplicit(npz: string, flags: ImplicitFlags): Promise<void> {
  const { factors, settings } = await readImplicit(npz, flags);
  await run(npz, flags, measuringOrder(flags).holdOut, {
    ...{ factors, confidence: confidenceOf(flags), users: flags.users },
    settings: settingsOf(flags, settings, npz),
  });
}

/** What the flags say goes before what the file says; both wrong, the rows would not be the equation's. */
function settingsOf(
  { alpha, regularization }: ImportFlags,
  said: SaidSettings,
  where: string,
): ImportedSettings {
  const settings = {
    ...said,
    ...(alpha !== undefined && { alpha }),
    ...(regularization !== undefined && { regularization }),
  };
  for (const name of ["alpha", "regularization"] as const) {
    if (settings[name] === undefined)
      throw new UsageError(`${where} does not say its ${name}: name it by --${name}`);
  }
  return settings as ImportedSettings;
}

async function run(
  path: string,
  flags: ImportFlags,
  cut: ReturnType<typeof measuringOrder>["holdOut"],
  order: Omit<ImportOrder, "similarity">,
): Promise<void> {
  const begun = performance.now();
  const terminal = new Terminal();
  const stop = interruption();
  try {
    const registry = openRegistry(flags);
    // The weights of the fit name the event types.
    const reading = { ...flags, weights: { ...order.confidence.weights } };
    const { log } = await readEventFiles(flags.events, reading, terminal);
    const events = await withoutErased(log, registry);
    if (events.length === 0) throw new UsageError(`there are no events in ${flags.events.join(", ")}`);
    const holdout = flags.holdout && (await readEventFiles(flags.holdout, reading, terminal));
    const catalog = flags.items && (await readItems(flags.items));
    const measuring = {
      ...measuringOrder(flags),
      holdOut: { ...cut, ...(holdout && { holdout: await withoutErased(holdout.log, registry) }) },
      signal: stop.signal,
    };
    terminal.say(`… hold ${path} against its events, and measure it`);
    const imported = await importModel(events, { ...order, similarity: flags.similarity }, measuring);
    for (const note of imported.notes) terminal.say(note);
    const released = await publish(imported.trained, imported.order, {
      ...{ registry, channel: flags.channel, who: userInfo().username, program: programVersion },
      source: `${path} and ${flags.events.join(", ")}`,
      ...{ items: catalog?.items, policy: flags.policy, force: flags.force, promotes: flags.promote },
    });
    terminal.close();
    tell(imported, released, flags.json === true, Math.round(performance.now() - begun) / 1000);
  } finally {
    stop.release();
    terminal.close();
  }
}

function tell(
  { trained, notes }: Awaited<ReturnType<typeof importModel>>,
  released: Released,
  isJson: boolean,
  seconds: number,
): void {
  if (isJson) printJson({ ...resultDocument(trained, released, seconds), notes });
  else print(describeResult(trained, released));
}
