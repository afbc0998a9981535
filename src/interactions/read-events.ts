import { BadRowCounter, type BadRows, BadRowsError, faultOfId, quoteCell } from "../tables/bad-rows.ts";
import { cellNumber, cellText, cellTime } from "../tables/cells.ts";
import { MissingColumnError } from "../tables/columns.ts";
import { openTables } from "../tables/open-tables.ts";
import type { Cell, Table, TableFormat, TableRow } from "../tables/table.ts";
import {
  type EventColumn,
  type EventColumnNames,
  type EventColumnPlaces,
  placeColumns,
} from "./event-columns.ts";
import { type EventLog, EventLogBuilder, type UserEvent } from "./event-log.ts";
import { defaultWeights, weightsOf } from "./event-weights.ts";

export { BadRowsError };

export interface ReadEventsOptions {
  /** role → name in the files; roles not named are found by names that are understood */
  readonly columns?: EventColumnNames;
  readonly format?: TableFormat;
  /** share of rows that may be bad, by default .01 */
  readonly maxBadShare?: number;
  /** only to refuse event types that it does not name; `defaultWeights` where absent */
  readonly weights?: Readonly<Record<string, number>>;
  /** called now and then with the rows read so far */
  readonly onProgress?: (rowCount: number) => void;
}

export interface ReadEvents {
  readonly log: EventLog;
  /** good and bad ones, headers not counted */
  readonly rowCount: number;
  readonly bad: BadRows;
  /** role → column of the first file that has rows */
  readonly columns: EventColumnNames;
}

/** the type of events in data without an event column */
const plainEventType = "interaction";
const noColumns = "has no columns";

/**
 * Reads the events of files, folders or "-" into columns; rows that are no events are counted and left out.
 * No rows at all give an empty log.
 * @throws BadRowsError, MissingColumnError, UnknownEventTypeError, TooManyEventTypesError, TableError
 */
export async function readEvents(
  paths: readonly string[],
  options: ReadEventsOptions = {},
): Promise<ReadEvents> {
  const { maxBadShare = 0.01, format, columns: asked = {} } = options;
  const reader = new EventReader(asked, format === "lists", options.onProgress);
  for await (const table of openTables(paths, format ? { format } : {})) await reader.read(table);
  const { rowCount, bad } = reader;
  bad.check(rowCount, maxBadShare);
  const log = reader.builder.build();
  weightsOf(log.eventTypes, options.weights ?? defaultWeights);
  return { log, rowCount, bad, columns: reader.columns ?? {} };
}

class EventReader {
  readonly builder: EventLogBuilder;
  readonly bad = new BadRowCounter();
  rowCount = 0;
  /** of the first table with rows, which says what the others must have too */
  columns: EventColumnNames | undefined;
  readonly #asked: EventColumnNames;
  readonly #onProgress: ((rowCount: number) => void) | undefined;

  constructor(asked: EventColumnNames, unordered: boolean, onProgress?: (rowCount: number) => void) {
    this.builder = new EventLogBuilder({ unordered });
    this.#asked = asked;
    this.#onProgress = onProgress;
  }

  async read(table: Table): Promise<void> {
    if (table.columns.length === 0) {
      // Nothing, or nothing that could be read.
      for await (const batch of table.batches)
        for (const { line, problem } of batch) this.bad.add(table.file, line, problem ?? noColumns);
      return;
    }
    // An archive's file of nothing but exposures has none of the columns that events need.
    let places = isArchive(table.columns) ? undefined : this.#place(table);
    let columnCount = table.columns.length;
    for await (const batch of table.batches) {
      const rows = batch.filter((row) => isEvent(row, table.columns));
      if (rows.length > 0) {
        if (places === undefined) places = this.#place(table);
        else if (table.columns.length !== columnCount) {
          places = placeColumns(table.columns, this.#asked, table.file);
        }
        columnCount = table.columns.length;
        for (const row of rows) this.#add(table.file, row, places);
      }
      this.#onProgress?.(this.rowCount);
    }
  }

  #place(table: Table): EventColumnPlaces {
    const places = placeColumns(table.columns, this.#asked, table.file);
    this.#compare(table, places);
    return places;
  }

  #add(file: string, row: TableRow, places: EventColumnPlaces): void {
    const event = row.problem ?? toEvent(row.cells, places);
    if (typeof event === "string") this.bad.add(file, row.line, event);
    else this.builder.add(event);
    this.rowCount++;
  }

  /** Half a log with times would have no order. */
  #compare(table: Table, places: EventColumnPlaces): void {
    const found = Object.entries(places).filter(([, place]) => place >= 0);
    this.columns ??= Object.fromEntries(found.map(([role, place]) => [role, table.columns[place]]));
    if ((this.columns.time === undefined) === places.time < 0) return;
    const [has, lacks] = places.time < 0 ? ["another file", table.file] : [table.file, "another file"];
    throw new MissingColumnError(
      `${has} has a column of times and ${lacks} has none: give all of them one, or read them apart`,
    );
  }
}

/** The column in which an archive says what each of its lines is. */
const recordColumn = "aisle_record";

function isArchive(columns: readonly string[]): boolean {
  return columns.includes(recordColumn);
}

/** An archive keeps exposures and sessions beside; what has no such column is all events. */
function isEvent({ cells }: TableRow, columns: readonly string[]): boolean {
  const place = columns.indexOf(recordColumn);
  return place < 0 || cells[place] === undefined || cells[place] === "event";
}

/** The event of a row, or why it is none. */
function toEvent(cells: readonly Cell[], places: EventColumnPlaces): UserEvent | string {
  const at = (role: EventColumn): Cell => (places[role] < 0 ? undefined : cells[places[role]]);
  const userId = cellText(at("user"));
  const itemId = cellText(at("item"));
  const wrongId = faultOfId("user", userId) ?? faultOfId("item", itemId);
  if (wrongId) return wrongId;
  const eventType = places.event < 0 ? plainEventType : cellText(at("event")).trim();
  if (eventType === "") return "has no event type";
  const time = places.time < 0 ? Number.NaN : cellTime(at("time"));
  if (time === undefined || time < 0) {
    return `the time ${quoteCell(cellText(at("time")))} is neither ISO 8601 nor epoch seconds or milliseconds`;
  }
  const worth = cellText(at("value"));
  const value = worth === "" ? 0 : cellNumber(at("value"));
  if (value === undefined) return `the value ${quoteCell(worth)} is not a number`;
  const basket = cellText(at("basket"));
  return basket === ""
    ? { userId, itemId, eventType, time, value }
    : { userId, itemId, eventType, time, value, basket };
}
