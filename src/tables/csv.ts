import { type CsvError, parse } from "csv-parse";
import { type Chunks, peek } from "./bytes.ts";
import { type Table, TableError, type TableRow } from "./table.ts";

const recordCharsMax = 1_000_000;
const delimiters = [",", ";", "\t", "|"];

interface ParsedRecord {
  /** where it begins */
  readonly line: number;
  readonly cells: string[];
}

/**
 * Comma-separated values (RFC 4180) under a header: quotes, embedded newlines, LF or CRLF. Semicolons, tabs or
 * bars instead of commas are known by the header; a quote inside an unquoted cell is a character like others.
 */
export async function readCsv(text: Chunks<string>, file: string): Promise<Table> {
  const { head, all } = await peek(text, (chunks) => chunks.some((chunk) => chunk.includes("\n")));
  const chunks = parseRecords(all, file, delimiterOf(head.join("")));
  const first = await nextNotEmpty(chunks);
  const columns = (first.shift()?.cells ?? []).map((name) => name.trim());
  const toRow = ({ line, cells }: ParsedRecord): TableRow =>
    cells.length === columns.length
      ? { line, cells }
      : { line, cells: [], problem: `has ${cells.length} cells, the header ${columns.length}` };
  async function* batches() {
    if (first.length > 0) yield first.map(toRow);
    for await (const records of chunks) if (records.length > 0) yield records.map(toRow);
  }
  return { file, columns, batches: batches() };
}

async function nextNotEmpty(chunks: AsyncGenerator<ParsedRecord[]>): Promise<ParsedRecord[]> {
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    if (next.value.length > 0) return next.value;
  }
  return [];
}

/**
 * The records of each chunk, as soon as it is parsed. Taking them in a callback instead of through the parser's
 * own stream halves the time: no promise for each of them.
 */
async function* parseRecords(
  text: Chunks<string>,
  file: string,
  delimiter: string,
): AsyncGenerator<ParsedRecord[]> {
  let records: ParsedRecord[] = [];
  let lastCount = 0;
  let insideCells = 0;
  const parser = parse({
    delimiter,
    max_record_size: recordCharsMax,
    on_record: (cells: string[], { lines }) => {
      // The parser counts each CR and each LF inside cells, and tells where the record ends, not where it begins.
      if (lines - lastCount > 1) insideCells += countCharacter(cells, "\r");
      const end = lines - insideCells;
      records.push({ line: lines - lastCount > 1 ? end - countCharacter(cells, "\n") : end, cells });
      lastCount = lines;
      return null;
    },
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  let failure: unknown;
  parser.on("error", (error) => {
    failure = error;
  });
  const write = async (chunk?: string) => {
    await new Promise((resolve) =>
      chunk === undefined ? parser.end(resolve) : parser.write(chunk, resolve),
    );
    if (failure) throw unclosedQuote(file, lastCount - insideCells + 1, failure);
    const parsed = records;
    records = [];
    return parsed;
  };
  parser.resume();
  for await (const chunk of text) yield write(chunk);
  yield write();
}

function unclosedQuote(file: string, line: number, cause: unknown): TableError {
  return new TableError(
    `${file}: from line ${line} on this is not CSV: a quote is not closed within ` +
      `${recordCharsMax.toLocaleString("en")} characters or before the end (${(cause as CsvError).code})`,
    { cause },
  );
}

/** The one that the header has most of, outside quotes. */
function delimiterOf(head: string): string {
  const header = head.slice(0, head.search(/\n|$/)).replace(/"[^"]*"/g, "");
  const count = (delimiter: string) => header.split(delimiter).length;
  return delimiters.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

function countCharacter(cells: readonly string[], character: string): number {
  return cells.reduce((sum, cell) => sum + cell.split(character).length - 1, 0);
}
