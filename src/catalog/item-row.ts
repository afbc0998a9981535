import { faultOfId, quoteCell } from "../tables/bad-rows.ts";
import { cellNumber, cellText, cellTime } from "../tables/cells.ts";
import { findColumn, MissingColumnError } from "../tables/columns.ts";
import type { Cell, TableRow } from "../tables/table.ts";
import type { CatalogItem } from "./catalog-item.ts";
import { knownNames } from "./known-names.ts";

export type ItemRole = keyof typeof knownNames;
export type ItemPlaces = Readonly<Record<ItemRole, number>>;
/** role → the column's name in the file; "" where none of them has this role */
export type ItemColumnNames = Readonly<Partial<Record<ItemRole, string>>>;

const yes = new Set(["true", "yes", "y", "in stock", "instock", "available"]);
const no = new Set(["false", "no", "n", "out of stock", "outofstock", "unavailable"]);

/** @throws MissingColumnError where no column holds the ids */
export function placeItemColumns(
  columns: readonly string[],
  file: string,
  asked: ItemColumnNames = {},
): ItemPlaces {
  const places = itemPlaces(columns, asked);
  if (columns.length > 0 && places.itemId < 0) {
    throw new MissingColumnError(
      `${file}: no column is known to be the item's id (${knownNames.itemId.join(", ")}). The columns are ` +
        columns.join(", ").slice(0, 500),
    );
  }
  return places;
}

/** The roles that `columns` are understood to have, by the names that `asked` gives and by those that are known. */
export function understoodItemColumns(
  columns: readonly string[],
  asked: ItemColumnNames = {},
): ItemColumnNames {
  const found = Object.entries(itemPlaces(columns, asked)).filter(([, place]) => place >= 0);
  return Object.fromEntries(found.map(([role, place]) => [role, columns[place]]));
}

function itemPlaces(columns: readonly string[], asked: ItemColumnNames): ItemPlaces {
  const places = Object.entries(knownNames).map(([role, names]) => {
    const name = asked[role as ItemRole];
    return [role, name === "" ? -1 : findColumn(columns, name === undefined ? names : [name])];
  });
  return Object.fromEntries(places) as ItemPlaces;
}

/** The item of a row, or why it is none. */
export function itemOf(row: TableRow, columns: readonly string[], places: ItemPlaces): CatalogItem | string {
  if (row.problem !== undefined) return row.problem;
  const at = (role: ItemRole): Cell => (places[role] < 0 ? undefined : row.cells[places[role]]);
  const text = (role: ItemRole): string => cellText(at(role)).trim();
  const itemId = cellText(at("itemId"));
  const available = asAvailable(at("available"));
  const price = cellNumber(at("price"));
  const createdAt = cellTime(at("createdAt"));
  const installments = cellNumber(at("installments"));
  const fault =
    faultOfId("item", itemId) ??
    faultOfNumber("price", text("price"), price) ??
    faultOfNumber("number of installments", text("installments"), installments) ??
    (available === undefined
      ? `cannot tell whether ${quoteCell(text("available"))} is available`
      : undefined) ??
    (text("createdAt") !== "" && createdAt === undefined
      ? `the time ${quoteCell(text("createdAt"))} is neither ISO 8601 nor epoch seconds or milliseconds`
      : undefined);
  if (fault !== undefined) return fault;
  return {
    itemId,
    title: text("title") || itemId,
    ...optional("description", text("description")),
    ...optional("price", price),
    ...optional("category", text("category")),
    ...optional("image", text("image")),
    ...optional("installments", installments),
    available: available ?? true,
    ...optional("createdAt", createdAt),
    attributes: attributesOf(row, columns, new Set(Object.values(places))),
  };
}

function faultOfNumber(what: string, text: string, number: number | undefined): string | undefined {
  if (text === "" || (number !== undefined && number >= 0)) return undefined;
  return `the ${what} ${quoteCell(text)} is not a number of at least 0`;
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined || value === "" ? {} : ({ [key]: value } as { [K in Key]?: Value });
}

function attributesOf(
  row: TableRow,
  columns: readonly string[],
  taken: ReadonlySet<number>,
): Record<string, string | number> {
  const attributes: [string, string | number][] = [];
  columns.forEach((name, place) => {
    const value = taken.has(place) ? undefined : asAttribute(row.cells[place]);
    if (value !== undefined && name !== "") attributes.push([name, value]);
  });
  return Object.fromEntries(attributes);
}

/** A number where nothing is lost by it: "12.5" is one, "007" and "1e3" are text. */
function asAttribute(cell: Cell): string | number | undefined {
  const text = cellText(cell).trim();
  if (text === "") return undefined;
  const number = cellNumber(cell);
  return number !== undefined && String(number) === text ? number : text;
}

/** Nothing said means available; a number means a stock, in which more than 0 is available. */
export function asAvailable(cell: Cell): boolean | undefined {
  if (typeof cell === "boolean") return cell;
  const text = cellText(cell).trim().toLowerCase().replaceAll("_", " ");
  if (text === "" || yes.has(text)) return true;
  if (no.has(text)) return false;
  const stock = cellNumber(cell);
  return stock === undefined ? undefined : stock > 0;
}
