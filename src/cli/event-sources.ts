import { readActivityLog } from "../activity/activity-log.ts";
import { openActivity } from "../activity/open-activity.ts";
import type { EventLog } from "../interactions/event-log.ts";
import { defaultWeights, weightsOf } from "../interactions/event-weights.ts";
import { joinLogs } from "../interactions/joined-log.ts";
import { type ReadEvents, type ReadEventsOptions, readEvents } from "../interactions/read-events.ts";
import { withoutEvents } from "../interactions/without-events.ts";
import { Erasures } from "../registry/erasures.ts";
import type { Registry } from "../registry/registry.ts";

/** A path that names a store of activity, as AISLE_EVENTS does. */
export const activityPattern = /^(sqlite|dynamodb):/;

/** Reads events of files and folders, and of stores of activity, as one log. */
export async function readSources(paths: readonly string[], options: ReadEventsOptions): Promise<ReadEvents> {
  const files = paths.filter((path) => !activityPattern.test(path));
  const read = await readEvents(files, options);
  let { log, rowCount } = read;
  for (const location of paths.filter((path) => activityPattern.test(path))) {
    const more = await readActivity(location, (count) => options.onProgress?.(rowCount + count));
    rowCount += more.length;
    log = log.length === 0 ? more : joinLogs(log, more);
  }
  weightsOf(log.eventTypes, options.weights ?? defaultWeights);
  return { ...read, log, rowCount };
}

/** What the ledger of erasures leaves of a log: the same log where nobody in it was erased. */
export async function withoutErased(log: EventLog, { store }: Registry): Promise<EventLog> {
  const erasures = new Erasures(store);
  await erasures.refresh();
  return erasures.isEmpty ? log : withoutEvents(log, (userId) => erasures.erasedAt(userId));
}

async function readActivity(location: string, onProgress: (count: number) => void): Promise<EventLog> {
  const store = await openActivity(location);
  try {
    return await readActivityLog(store, onProgress);
  } finally {
    store.close();
  }
}
