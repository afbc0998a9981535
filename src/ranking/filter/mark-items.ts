import type { Column, Columns } from "../../catalog/columns.ts";
import type { IdTable } from "../../math/id-table.ts";
import type { BoundExpression, BoundTest } from "./bind.ts";
import { type Expression, FilterError, type Test } from "./expression.ts";

/** The items that a filter looks at. */
export interface FilteredItems {
  readonly count: number;
  readonly columns: Columns;
  readonly ids: IdTable;
}

type FieldTest = Pick<Test, "field" | "at" | "operator">;

/** Where a field may be an id instead of a column. */
const idFields: ReadonlySet<string> = new Set(["ITEM_ID", "ITEMID", "ID"]);

/** Sets 1 in `into`, (items), where the conditions on items hold. */
export function markItems({ anyOf }: BoundExpression, items: FilteredItems, into: Uint8Array): void {
  const group = new Uint8Array(items.count);
  for (const all of anyOf) {
    group.fill(1);
    for (const test of all) narrow(test, items, group);
    for (let row = 0; row < group.length; row++) into[row] |= group[row];
  }
}

/**
 * @param columns absent where there is no catalogue
 * @throws FilterError where the items have no such field, or it holds texts that are to be compared as numbers
 */
export function checkFields(
  expressions: readonly { data: Expression["data"]; anyOf: readonly (readonly FieldTest[])[] }[],
  columns: Columns | undefined,
): void {
  for (const { data, anyOf } of expressions) {
    if (data !== "Items") continue;
    for (const test of anyOf.flat()) checkField(test, columns);
  }
}

function checkField({ field, at, operator }: FieldTest, columns: Columns | undefined): void {
  if (columns === undefined) throw new FilterError("looks at items, and this server has no catalogue", at);
  const isOrdered = !isList(operator) && operator !== "=";
  if (isIdField(field, columns)) {
    if (isOrdered) throw new FilterError(`${field} holds ids, which have no order`, at);
    return;
  }
  const column = columns.find(field);
  if (column === undefined) {
    const known = columns.names.join(", ").slice(0, 500);
    throw new FilterError(`items have no field ${field.slice(0, 40)}; they have ${known}`, at);
  }
  if (column.kind === "text" && isOrdered) {
    throw new FilterError(`${field} holds texts, which have no order: use IN`, at);
  }
}

function isIdField(field: string, columns: Columns): boolean {
  return idFields.has(field.toUpperCase()) && columns.find(field) === undefined;
}

function isList(operator: Test["operator"]): boolean {
  return operator === "IN" || operator === "NOT IN";
}

/** Clears rows of `group` in which a test does not hold. */
function narrow(test: BoundTest, { columns, ids }: FilteredItems, group: Uint8Array): void {
  const column = columns.find(test.field);
  if (column === undefined) narrowByIds(test, ids, group);
  else if (column.kind === "text") narrowByTexts(test, column, group);
  else narrowByNumbers(test, column.values, group);
}

function narrowByIds({ operator, texts }: BoundTest, ids: IdTable, group: Uint8Array): void {
  const rows = texts.map((id) => ids.row(id)).filter((row) => row >= 0);
  if (operator === "NOT IN") {
    for (const row of rows) group[row] = 0;
    return;
  }
  const kept = rows.filter((row) => group[row] === 1);
  group.fill(0);
  for (const row of kept) group[row] = 1;
}

/** A dictionary is looked at once, however many items there are. An item without a text is in no list. */
function narrowByTexts(
  { operator, texts }: BoundTest,
  column: Column & { kind: "text" },
  group: Uint8Array,
): void {
  const wanted = new Set(texts);
  const isIn = Uint8Array.from(column.texts, (text) => Number(holdsAny(text, wanted)));
  const listed = operator === "NOT IN" ? 0 : 1;
  const { codes } = column;
  for (let row = 0; row < group.length; row++) {
    const code = codes[row];
    if ((code < isIn.length ? isIn[code] : 0) !== listed) group[row] = 0;
  }
}

/** A text may hold several values between bars, as Personalize's categorical fields do. */
function holdsAny(text: string, wanted: ReadonlySet<string>): boolean {
  return wanted.has(text) || (text.includes("|") && text.split("|").some((part) => wanted.has(part)));
}

/** A loop for each comparison, so that each stays a comparison of two numbers. NaN, no number, fails all of them. */
function narrowByNumbers({ operator, numbers }: BoundTest, values: Float64Array, group: Uint8Array): void {
  const [number] = numbers;
  const count = group.length;
  if (operator === "<") for (let row = 0; row < count; row++) group[row] &= Number(values[row] < number);
  else if (operator === "<=")
    for (let row = 0; row < count; row++) group[row] &= Number(values[row] <= number);
  else if (operator === ">") for (let row = 0; row < count; row++) group[row] &= Number(values[row] > number);
  else if (operator === ">=")
    for (let row = 0; row < count; row++) group[row] &= Number(values[row] >= number);
  else if (operator === "=")
    for (let row = 0; row < count; row++) group[row] &= Number(values[row] === number);
  else {
    const wanted = new Set(numbers.filter((each) => !Number.isNaN(each)));
    const listed = operator === "IN";
    for (let row = 0; row < count; row++) if (wanted.has(values[row]) !== listed) group[row] = 0;
  }
}
