import { type Cell, columnsOf, type Row } from "./trial-table.ts";

/** A condition or an order that no row can be asked for. */
export class RunQueryError extends Error {
  override name = "RunQueryError";
}

/** No row has such a column. */
export class UnknownColumnError extends RunQueryError {}

/** `factors=64`, `seconds<10`, `half-life!=none`. */
interface Condition {
  readonly column: string;
  readonly operator: string;
  readonly value: string;
}

/** What is kept of rows, and in which order. */
export interface RowQuery {
  /** all must hold */
  readonly where?: readonly string[] | undefined;
  /** a column; falling with a `-` before it */
  readonly sort?: string | undefined;
}

/** @throws RunQueryError on a condition that is none, or a column that no row has */
export function queryRows(rows: readonly Row[], { where = [], sort }: RowQuery): Row[] {
  const columns = columnsOf(rows);
  const conditions = where.map((text) => parseCondition(text));
  if (rows.length === 0) return [];
  const bound = conditions.map((condition) => ({
    ...condition,
    column: findColumn(condition.column, columns),
  }));
  const kept = rows.filter((row) => bound.every((condition) => holds(row, condition)));
  if (sort === undefined) return kept;
  const isFalling = sort.startsWith("-");
  const column = findColumn(isFalling ? sort.slice(1) : sort, columns);
  return kept.toSorted((a, b) => compareCells(a[column], b[column], isFalling));
}

function parseCondition(text: string): Condition {
  const [, column, operator, value] = /^\s*([^=<>!]+?)\s*(<=|>=|!=|=|<|>)\s*(.*?)\s*$/.exec(text) ?? [];
  if (column === undefined) {
    throw new RunQueryError(
      `"${text}" is no condition: a column, one of = != < <= > >=, and a value, as in factors=64`,
    );
  }
  return { column, operator, value };
}

/** As it is written, or as a flag is: `unobserved-weight` is unobservedWeight. */
function findColumn(name: string, columns: readonly string[]): string {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_ ]/g, "");
  const found =
    columns.find((column) => column === name) ?? columns.find((column) => plain(column) === plain(name));
  if (found !== undefined) return found;
  throw new UnknownColumnError(`there is no column "${name}"; there are: ${columns.join(", ")}`);
}

function holds(row: Row, { column, operator, value }: Condition): boolean {
  const cell = row[column];
  if (cell === undefined) return operator === "!=";
  const number = Number(value);
  const isNumeric = typeof cell === "number" && value !== "" && !Number.isNaN(number);
  const order = isNumeric ? cell - number : Number(String(cell) > value) - Number(String(cell) < value);
  if (operator === "=") return order === 0;
  if (operator === "!=") return order !== 0;
  // A word is neither more nor less than a number.
  if (typeof cell !== typeof (isNumeric ? number : value)) return false;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

/** What has no value comes last, whatever the order. */
function compareCells(a: Cell | undefined, b: Cell | undefined, isFalling: boolean): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const order =
    typeof a === "number" && typeof b === "number"
      ? a - b
      : String(a) < String(b)
        ? -1
        : Number(String(a) > String(b));
  return isFalling ? -order : order;
}
