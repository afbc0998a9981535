import type { Chunks } from "./bytes.ts";
import { batchRowsMax, type Cell, type Table, TableError, type TableRow } from "./table.ts";

interface Line {
  /** from 1 */
  readonly number: number;
  readonly text: string;
}

const lineCharsMax = 1 << 24;

/** Lines ended by LF or CRLF, the last one by the end too; batches of those that are not blank. */
async function* splitLines(text: Chunks<string>, file: string): Chunks<readonly Line[]> {
  let carried = "";
  let number = 0;
  for await (const chunk of text) {
    const pieces = (carried + chunk).split("\n");
    carried = pieces.pop() ?? "";
    if (carried.length > lineCharsMax) {
      throw new TableError(
        `${file}: line ${number + pieces.length + 1} has more than ${lineCharsMax} characters`,
      );
    }
    const lines = pieces.map((piece) => ({ number: ++number, text: piece })).filter(isNotBlank);
    for (let from = 0; from < lines.length; from += batchRowsMax)
      yield lines.slice(from, from + batchRowsMax);
  }
  const last = { number: number + 1, text: carried };
  if (isNotBlank(last)) yield [last];
}

function isNotBlank(line: Line): boolean {
  return line.text.trim() !== "";
}

/** JSON Lines: an object a line, its keys the columns. */
export async function readJsonLines(text: Chunks<string>, file: string): Promise<Table> {
  const places = new Map<string, number>();
  const columns: string[] = [];
  const toRow = (line: Line): TableRow => {
    const object = parseObject(line.text);
    if (typeof object === "string") return { line: line.number, cells: [], problem: object };
    const cells: Cell[] = new Array(columns.length).fill(undefined);
    for (const [name, value] of Object.entries(object)) {
      let place = places.get(name);
      if (place === undefined) {
        place = columns.push(name) - 1;
        places.set(name, place);
      }
      cells[place] = asCell(value);
    }
    return { line: line.number, cells };
  };
  async function* rows() {
    for await (const lines of splitLines(text, file)) yield lines.map(toRow);
  }
  // The first batch is read ahead, so that its columns are known.
  const batches = rows();
  const first = await batches.next();
  async function* all() {
    if (first.done) return;
    yield first.value;
    yield* batches;
  }
  return { file, columns, batches: all() };
}

function parseObject(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
    return "is not a JSON object";
  } catch (error) {
    return `is not JSON: ${(error as Error).message}`;
  }
}

function asCell(value: unknown): Cell {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : (value as Cell);
}

/** Lines of `user item item …`, parted by blanks: a row for each item. */
export function readLists(text: Chunks<string>, file: string): Table {
  async function* batches() {
    for await (const lines of splitLines(text, file)) {
      for (const line of lines) {
        const [user, ...items] = line.text.trim().split(/\s+/);
        // A user without items says nothing, and is no fault.
        if (items.length > 0) yield items.map((item) => ({ line: line.number, cells: [user, item] }));
      }
    }
  }
  return { file, columns: ["user", "item"], batches: batches() };
}
