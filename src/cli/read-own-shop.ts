import { type ItemColumnNames, understoodItemColumns } from "../catalog/item-row.ts";
import { readItems } from "../catalog/read-items.ts";
import { type EventColumnNames, understoodColumns } from "../interactions/event-columns.ts";
import { type EventLog, TooManyEventTypesError } from "../interactions/event-log.ts";
import { defaultWeights, UnknownEventTypeError } from "../interactions/event-weights.ts";
import { readEvents } from "../interactions/read-events.ts";
import { assessReadiness } from "../interactions/readiness.ts";
import type { FileReading, ReadingProblem } from "../local/own-shop-state.ts";
import { type BadRows, BadRowsError } from "../tables/bad-rows.ts";
import { cellText } from "../tables/cells.ts";
import { MissingColumnError } from "../tables/columns.ts";
import { openTables } from "../tables/open-tables.ts";
import { type Cell, TableError } from "../tables/table.ts";
import { badShareOf, type FileOrder, named } from "./own-shop-order.ts";

const samplesMax = 3;
const sampleCharsMax = 60;

type Head = Pick<FileReading, "columns">;

/** What a file of events holds: what can be learnt from it, or what has to be mended first. Faults are told, not thrown. */
export async function readingOfEvents(
  file: FileOrder,
  onProgress?: (rowCount: number) => void,
): Promise<FileReading> {
  const head = await headOf(file);
  if ("problem" in head) return head;
  const names = head.columns.map(({ name }) => name);
  const understood = understoodColumns(names, file.columns as EventColumnNames);
  const about = { ...head, understood: { ...understood } };
  const missing = (["user", "item"] as const).filter((role) => understood[role] === undefined);
  if (missing.length > 0) return { ...about, problem: unclear(missing, names) };
  try {
    const { log, rowCount, bad } = await readOwnEvents(file, onProgress);
    const counted = { ...about, rowCount, bad: badNote(bad), eventTypes: eventTypesOf(log) };
    if (log.length > 0) return { ...counted, readiness: assessReadiness(log) };
    return { ...counted, problem: { about: "file", message: `${file.name} has a header and no rows.` } };
  } catch (error) {
    return { ...about, ...faultOf(error, file) };
  }
}

/** What a file of items holds, in the same way. */
export async function readingOfItems(file: FileOrder): Promise<FileReading> {
  const head = await headOf(file);
  if ("problem" in head) return head;
  const names = head.columns.map(({ name }) => name);
  const understood = understoodItemColumns(names, file.columns as ItemColumnNames);
  const about = { ...head, understood: { ...understood } };
  if (understood.itemId === undefined) return { ...about, problem: unclear(["itemId"], names) };
  try {
    const { items, rowCount, bad, duplicates } = await readOwnItems(file);
    const counted = { ...about, rowCount, bad: badNote(bad) };
    if (items.length === 0)
      return { ...counted, problem: { about: "file", message: `${file.name} has a header and no rows.` } };
    const used = new Set(Object.values(understood));
    return {
      ...counted,
      items: {
        count: items.length,
        duplicates,
        withPrice: items.filter(({ price }) => price !== undefined).length,
        withImage: items.filter(({ image }) => image !== undefined).length,
        categories: new Set(items.flatMap(({ category }) => category ?? [])).size,
        attributes: names.filter((name) => name !== "" && !used.has(name)),
        titles: items.slice(0, samplesMax).map(({ title }) => title.slice(0, sampleCharsMax)),
      },
    };
  } catch (error) {
    return { ...about, ...faultOf(error, file) };
  }
}

/** @throws as `readEvents` does */
export function readOwnEvents(file: FileOrder, onProgress?: (rowCount: number) => void) {
  return readEvents([file.path], {
    columns: (file.columns ?? {}) as EventColumnNames,
    weights: { ...defaultWeights, ...file.weights },
    maxBadShare: badShareOf(file),
    ...(onProgress && { onProgress }),
  });
}

/** @throws as `readItems` does */
export function readOwnItems(file: FileOrder) {
  return readItems([file.path], {
    columns: (file.columns ?? {}) as ItemColumnNames,
    maxBadShare: badShareOf(file),
  });
}

/** The columns and what stands in their first rows. */
async function headOf(file: FileOrder): Promise<Head | FileReading> {
  try {
    for await (const { columns, batches } of openTables([file.path])) {
      const rows: (readonly Cell[])[] = [];
      for await (const batch of batches) {
        rows.push(...batch.filter(({ problem }) => problem === undefined).map(({ cells }) => cells));
        if (rows.length >= samplesMax) break;
      }
      const samples = (at: number) =>
        rows.slice(0, samplesMax).map((cells) => cellText(cells[at]).slice(0, sampleCharsMax));
      return { columns: columns.map((name, at) => ({ name, samples: samples(at) })) };
    }
    return { columns: [] };
  } catch (error) {
    return { columns: [], understood: {}, ...faultOf(error, file) };
  }
}

function unclear(names: readonly string[], columns: readonly string[]): ReadingProblem {
  const what = { user: "who did it", item: "which item it was", itemId: "the item's id" };
  const missing = names.map((name) => what[name as keyof typeof what]).join(" and ");
  if (columns.length < 2 && names.length > 1) {
    const message =
      "This is no table of events: it has no columns to choose from. The first line must name them.";
    return { about: "file", message };
  }
  return { about: "columns", message: `No column is known to say ${missing}. Choose it below.`, names };
}

/** What is wrong, in words for somebody who can only mend the file or answer a question. Anything else is thrown. */
function faultOf(error: unknown, file: FileOrder): Pick<FileReading, "problem" | "bad"> {
  if (error instanceof UnknownEventTypeError) {
    const { eventTypes: names } = error;
    const message = "Nobody can guess what these events are worth. Say it below, and they count.";
    return { problem: { about: "event types", message, names: names.slice(0, 50) } };
  }
  if (error instanceof TooManyEventTypesError) {
    const message =
      "The column of event types holds too many different values to be one. Choose another, or none.";
    return { problem: { about: "columns", message, names: ["event"] } };
  }
  if (error instanceof BadRowsError) {
    const [share] = /^\d+ of \d+ rows are bad/.exec(error.message) ?? ["Too many rows are bad"];
    const message = `${share}: too many to leave out unasked. Mend the file or the choice of columns, or leave them out.`;
    return { problem: { about: "rows", message }, bad: badNote(error.bad) };
  }
  if (error instanceof MissingColumnError || error instanceof TableError) {
    return { problem: { about: "file", message: named(error.message, file) } };
  }
  throw error;
}

function badNote({ count, examples }: BadRows): FileReading["bad"] {
  return { count, examples: examples.map(({ line, reason }) => ({ line, reason })) };
}

function eventTypesOf(log: EventLog): { name: string; count: number }[] {
  const counts = new Uint32Array(log.eventTypes.length);
  for (const type of log.type) counts[type]++;
  return log.eventTypes.map((name, type) => ({ name, count: counts[type] }));
}
