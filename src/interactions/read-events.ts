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

export interface BadRow {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

export interface BadRows {
  readonly count: number;
  /** the first 20 */
  readonly examples: readonly BadRow[];
}

export interface ReadEvents {
  readonly log: EventLog;
  /** good and bad ones, headers not counted */
  readonly rowCount: number;
  readonly bad: BadRows;
  /** role → column of the first file that has rows */
  readonly columns: EventColumnNames;
}

/** More bad rows than are tolerated. */
export class BadRowsError extends Error {
  override name = "BadRowsError";
  readonly bad: BadRows;

  constructor(bad: BadRows, rowCount: number, maxBadShare: number) {
    const examples = bad.examples.map(({ file, line, reason }) => `\n  ${file}: line ${line}: ${reason}`);
    const shown = examples.length < bad.count ? `the first ${examples.length}` : "they";
    super(
      `${bad.count} of ${rowCount} rows are bad, more than ${maxBadShare * 100} %; ${shown} are:${examples.join("")}\n` +
        "Mend them, or allow more with --max-bad",
    );
    this.bad = bad;
  }
}

const examplesMax = 20;
const idCharsMax = 256;
/** the type of events in data without an event column */
const plainEventType = "interaction";

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
  if (bad.count > maxBadShare * rowCount) throw new BadRowsError(bad, rowCount, maxBadShare);
  const log = reader.builder.build();
  weightsOf(log.eventTypes, options.weights ?? defaultWeights);
  return { log, rowCount, bad, columns: reader.columns ?? {} };
}

class EventReader {
  readonly builder: EventLogBuilder;
  readonly bad = { count: 0, examples: [] as BadRow[] };
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
        for (const row of batch) this.#refuse(table.file, row, row.problem);
      return;
    }
    let places = placeColumns(table.columns, this.#asked, table.file);
    let columnCount = table.columns.length;
    this.#compare(table, places);
    for await (const batch of table.batches) {
      if (table.columns.length !== columnCount) {
        places = placeColumns(table.columns, this.#asked, table.file);
        columnCount = table.columns.length;
      }
      for (const row of batch) this.#add(table.file, row, places);
      this.#onProgress?.(this.rowCount);
    }
  }

  #add(file: string, row: TableRow, places: EventColumnPlaces): void {
    const event = row.problem ?? toEvent(row.cells, places);
    if (typeof event === "string") this.#refuse(file, row, event);
    else this.builder.add(event);
    this.rowCount++;
  }

  #refuse(file: string, row: TableRow, reason = "cannot be read"): void {
    if (this.bad.count++ < examplesMax) this.bad.examples.push({ file, line: row.line, reason });
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
    return `the time ${quote(cellText(at("time")))} is neither ISO 8601 nor epoch seconds or milliseconds`;
  }
  const worth = cellText(at("value"));
  const value = worth === "" ? 0 : cellNumber(at("value"));
  if (value === undefined) return `the value ${quote(worth)} is not a number`;
  const basket = cellText(at("basket")).slice(0, idCharsMax);
  return basket === ""
    ? { userId, itemId, eventType, time, value }
    : { userId, itemId, eventType, time, value, basket };
}

function faultOfId(role: string, id: string): string | undefined {
  if (id === "") return `has no ${role} id`;
  // A surrogate pair is one character of two units: only long ids are worth counting.
  if (id.length > idCharsMax && [...id].length > idCharsMax) {
    return `the ${role} id has more than ${idCharsMax} characters: ${quote(id)}`;
  }
  return id.isWellFormed() ? undefined : `the ${role} id is not valid Unicode`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
