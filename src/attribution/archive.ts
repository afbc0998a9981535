import type { ActivityEvent, ActivityRecords, Exposure } from "../activity/activity-store.ts";
import { openTables } from "../tables/open-tables.ts";
import type { Cell } from "../tables/table.ts";

const eventKinds: ReadonlySet<unknown> = new Set(["event", "session-event", "other-event"]);

/** A line of an archive that is none of ours. */
export class ArchiveError extends Error {
  override name = "ArchiveError";
}

/**
 * Events and exposures of an archive: folders and files of JSON Lines, gzipped or not, as the store's stream leaves
 * them (`aisle_record` says what a line is). Other lines are passed over.
 * @throws TableError, ArchiveError naming file and line
 */
export async function* readArchive(paths: readonly string[]): AsyncGenerator<ActivityRecords> {
  for await (const { file, columns, batches } of openTables(paths)) {
    for await (const rows of batches) {
      const events: ActivityEvent[] = [];
      const exposures: Exposure[] = [];
      for (const { line, cells, problem } of rows) {
        if (problem !== undefined) throw new ArchiveError(`${file}:${line}: ${problem}`);
        const named = Object.fromEntries(columns.map((name, column) => [name, cells[column] ?? undefined]));
        if (eventKinds.has(named.aisle_record)) events.push(toEvent(named));
        if (named.aisle_record === "exposure") exposures.push(toExposure(named));
      }
      yield { events, exposures };
    }
  }
}

type Named = Readonly<Record<string, Cell>>;

const text = (cell: Cell): string | undefined =>
  cell === undefined || cell === null ? undefined : String(cell);

function toEvent(named: Named): ActivityEvent {
  return {
    eventId: String(named.event_id),
    userId: text(named.user_id),
    sessionId: String(named.session_id),
    eventType: String(named.event_type),
    itemId: text(named.item_id),
    time: Number(named.timestamp),
    value: named.event_value === undefined ? undefined : Number(named.event_value),
    recommendationId: text(named.recommendation_id),
    attributionSource: text(named.attribution_source),
  };
}

function toExposure(named: Named): Exposure {
  return {
    recommendationId: String(named.recommendation_id),
    userId: text(named.user_id),
    sessionId: text(named.session_id),
    time: Number(named.timestamp),
    model: String(named.model),
    channel: String(named.channel),
    experiment: text(named.experiment),
    arm: text(named.arm),
    source: String(named.source),
    rows: JSON.parse(String(named.rows ?? "[]")) as Exposure["rows"],
  };
}
