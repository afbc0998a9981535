import type { ChannelEntry } from "../registry/channel.ts";
import { RegistryError, readDocument } from "../registry/documents.ts";
import type { Manifest } from "../registry/manifest.ts";
import { findManifest } from "../registry/model-versions.ts";
import type { Registry } from "../registry/registry.ts";
import {
  type Run,
  type RunResult,
  resultSchema,
  runKeys,
  runSchema,
  type TrialRecord,
  trialRecordSchema,
} from "../tracking/record.ts";
import { findShoppers, type Shoppers } from "./shoppers.ts";

/** All that a report shows. It names no user. */
export interface ReportData {
  /** ISO 8601 */
  readonly madeAt: string;
  readonly run: Run;
  /** those that have ended, by number */
  readonly trials: readonly TrialRecord[];
  /** absent while the run is under way, and where it was interrupted */
  readonly result?: RunResult | undefined;
  /** of the model that the run published; absent where there is none, or it was removed */
  readonly model?: Manifest | undefined;
  readonly channel: {
    readonly name: string;
    /** the version that is live now */
    readonly live?: string | undefined;
    /** oldest first */
    readonly history: readonly ChannelEntry[];
  };
  /** of what is live now, whichever run made it */
  readonly shoppers: Shoppers;
}

export interface GatherOptions {
  /** whose history and shoppers are shown; the one that the run asked to go live in, unless said */
  readonly channel?: string | undefined;
  readonly now?: () => Date;
}

/**
 * Reads what is known of a run, the last one unless it is named, and asks the live model for examples.
 * @throws RegistryError where there is no such run, or one of its documents is damaged
 */
export async function gatherReport(
  registry: Registry,
  run?: string,
  { channel, now = () => new Date() }: GatherOptions = {},
): Promise<ReportData> {
  const { store } = registry;
  const found = await findRun(registry, run);
  const result = (await readDocument(store, runKeys.result(found.run), resultSchema))?.value;
  const name = channel ?? result?.gate?.channel ?? "production";
  const state = await registry.channel(name);
  return {
    madeAt: now().toISOString(),
    run: found,
    trials: await readTrials(registry, found.run),
    result,
    model: result && (await findManifest(store, result.model)),
    channel: { name, live: state?.model, history: state?.history ?? [] },
    shoppers: await findShoppers(registry, name),
  };
}

async function findRun(registry: Registry, name: string | undefined): Promise<Run> {
  const { store } = registry;
  if (name !== undefined) {
    const run = await readDocument(store, runKeys.run(name), runSchema);
    if (run) return run.value;
    const known = (await runNames(registry)).slice(-3).join(", ");
    throw new RegistryError(
      `there is no run ${name} in ${store.location}${known === "" ? "" : `; the last ones are ${known}`}`,
    );
  }
  const runs: Run[] = [];
  for (const known of await runNames(registry)) {
    const run = await readDocument(store, runKeys.run(known), runSchema);
    if (run) runs.push(run.value);
  }
  if (runs.length === 0) {
    throw new RegistryError(
      `there is no run in ${store.location} yet: "aisle train" keeps one of every training`,
    );
  }
  return runs.reduce((last, next) => (next.createdAt >= last.createdAt ? next : last));
}

async function runNames({ store }: Registry): Promise<string[]> {
  return (await store.list("runs/")).flatMap((key) => /^runs\/([^/]+)\/run\.json$/.exec(key)?.[1] ?? []);
}

async function readTrials({ store }: Registry, run: string): Promise<TrialRecord[]> {
  const keys = (await store.list(`runs/${run}/`)).filter((key) => /\/\d+\.json$/.test(key));
  const records = await Promise.all(keys.map((key) => readDocument(store, key, trialRecordSchema)));
  return records.flatMap((record) => record?.value ?? []).sort((a, b) => a.trial - b.trial);
}
