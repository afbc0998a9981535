import { findColumn } from "../tables/columns.ts";
import type { Cell } from "../tables/table.ts";
import type { CatalogItem } from "./catalog-item.ts";
import { asAvailable, type ItemPlaces, type ItemRole, itemOf, knownNames } from "./item-row.ts";

/** What was said of an item, by any names that a file of items may use for it. */
interface ChangedItem {
  readonly itemId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const roles = Object.keys(knownNames) as ItemRole[];

/** The items with the changes laid over them: what is deleted is left out, what is new comes last. */
export function applyChanges(items: readonly CatalogItem[], changes: readonly ChangedItem[]): CatalogItem[] {
  const byId = new Map(items.map((item) => [item.itemId, item]));
  for (const change of changes) {
    if (isDeleted(change.properties)) byId.delete(change.itemId);
    else {
      const changed = changeItem(byId.get(change.itemId), change);
      // Refused when it was posted; one that came another way changes nothing.
      if (typeof changed !== "string") byId.set(change.itemId, changed);
    }
  }
  return [...byId.values()];
}

/** The item as it is after a change, or why there is none. */
export function changeItem(item: CatalogItem | undefined, change: ChangedItem): CatalogItem | string {
  const columns: string[] = roles.map((role) => knownNames[role][0]);
  const cells: Cell[] = roles.map((role) => item?.[role]);
  const places = Object.fromEntries(roles.map((role, place) => [role, place])) as ItemPlaces;
  const set = (name: string, value: unknown): void => {
    const role = roleOf(name);
    const found = role === undefined ? findColumn(columns.slice(roles.length), [name]) : -1;
    const place =
      role !== undefined ? places[role] : found < 0 ? columns.push(name) - 1 : roles.length + found;
    cells[place] = asCell(value);
  };
  for (const [name, value] of Object.entries(item?.attributes ?? {})) set(name, value);
  for (const [name, value] of Object.entries(change.properties)) set(name, value);
  cells[places.itemId] = change.itemId;
  return itemOf({ line: 1, cells }, columns, places);
}

/** Whether the item may not be shown any more. */
export function isWithdrawn(properties: ChangedItem["properties"]): boolean {
  if (isDeleted(properties)) return true;
  return Object.entries(properties).some(
    ([name, value]) => roleOf(name) === "available" && asAvailable(asCell(value)) === false,
  );
}

function isDeleted({ deleted }: ChangedItem["properties"]): boolean {
  return deleted === true || deleted === "true";
}

function roleOf(name: string): ItemRole | undefined {
  return roles.find((role) => findColumn([name], knownNames[role]) >= 0);
}

function asCell(value: unknown): Cell {
  if (Array.isArray(value)) return value.join("|");
  return typeof value === "object" && value !== null ? JSON.stringify(value) : (value as Cell);
}
