import { availableParallelism, freemem } from "node:os";
import { BatchThreads } from "../batch/batch-threads.ts";
import { readConfig } from "../config.ts";
import { log } from "../log.ts";
import type { Erasures } from "../registry/erasures.ts";
import { NoModelError } from "../serving/query.ts";
import { Serving } from "../serving/serving.ts";
import type { Snapshot } from "../serving/snapshot.ts";
import { openLocalActivity } from "./local-activity.ts";
import { modelSource } from "./model-source.ts";
import type { RegistryFlags } from "./registry-options.ts";

export interface BatchServingFlags extends RegistryFlags {
  readonly model?: string;
  readonly threads?: number;
}

interface BatchServing {
  readonly serving: Serving;
  readonly snapshot: Snapshot;
  readonly erasures: Erasures | undefined;
  readonly threads: BatchThreads;
  close(): Promise<void>;
}

/**
 * What the channel serves, with the store of activity that its server reads, and threads over copies of it.
 * @throws NoModelError where there is nothing to serve
 */
export async function openBatch({ model, threads, ...flags }: BatchServingFlags): Promise<BatchServing> {
  const source = modelSource(flags);
  const activity = await openLocalActivity(flags.registry, readConfig());
  const speak = log.hush();
  const pinned = model === undefined ? {} : { pinnedModel: model };
  const serving = await Serving.start({ source, activity, ...pinned }).finally(speak);
  const snapshot = serving.loaded;
  if (serving.failure !== undefined || snapshot === undefined) {
    activity?.close();
    throw new NoModelError(serving.failure ?? "no model is live");
  }
  const crew = new BatchThreads(snapshot, threads ?? threadsFor(snapshot.model.byteLength));
  return {
    ...{ serving, snapshot, erasures: source.erasures, threads: crew },
    close: async () => {
      await crew.close();
      activity?.close();
    },
  };
}

/** All cores, or as many as half of the free memory has copies of the model for. */
function threadsFor(modelBytes: number): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / 2 / modelBytes)));
}
