import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { EventLog } from "../interactions/event-log.ts";
import { readEvents } from "../interactions/read-events.ts";
import { withoutEvents } from "../interactions/without-events.ts";
import { Erasures } from "../registry/erasures.ts";
import { type Store, StoreError } from "../store/store.ts";
import type { TrainingRequest } from "./request.ts";
import { TrainingRequestError } from "./request.ts";

/** Files fetched at once. */
const abreast = 8;

/** Which files the request means, now: later steps read the very same, whatever comes in meanwhile. */
export async function listEvents(store: Store, { events }: TrainingRequest): Promise<string[]> {
  const keys: string[] = [];
  for (const place of events) {
    const found = await store.list(place);
    const own = found.filter((key) => key === place || place.endsWith("/"));
    if (own.length === 0) {
      throw new TrainingRequestError(
        `there are no events at ${store.describe(place.replace(/\/$/, ""))}: with Activity=dynamodb they come there ` +
          "by themselves within a quarter of an hour; a shop's own files are copied there, and named in `events`",
      );
    }
    keys.push(...own);
  }
  return [...new Set(keys)];
}

/**
 * The events of those files, without those of users who were erased. A file that a retention run has taken away since
 * it was listed is passed over.
 */
export async function readStoredEvents(
  store: Store,
  keys: readonly string[],
  { columns, maxBad, weights }: TrainingRequest,
): Promise<EventLog> {
  const folder = await mkdtemp(join(tmpdir(), "aisle-events-"));
  try {
    const queue = keys.values();
    const files: string[] = [];
    await Promise.all(
      Array.from({ length: abreast }, async () => {
        for (const key of queue) {
          const found = await store.get(key);
          if (!found) continue;
          const file = join(folder, key);
          await mkdir(dirname(file), { recursive: true });
          await writeFile(file, found.bytes);
          files.push(file);
        }
      }),
    );
    if (files.length === 0)
      throw new StoreError(`none of the ${keys.length} files of events is there any more`);
    // In the order of their names, whichever came first: equal files give an equal log.
    const { log } = await readEvents(files.sort(), {
      maxBadShare: maxBad,
      ...(columns && { columns }),
      ...(weights && { weights }),
    });
    const erasures = new Erasures(store);
    await erasures.refresh();
    return erasures.isEmpty ? log : withoutEvents(log, (userId) => erasures.erasedAt(userId));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
