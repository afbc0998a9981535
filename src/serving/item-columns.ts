import type { CatalogItem } from "../catalog/catalog-item.ts";
import { knownNames } from "../catalog/known-names.ts";
import type { Snapshot } from "./snapshot.ts";

/** A column that the catalogue does not have. */
export class UnknownColumnError extends Error {
  override readonly name = "UnknownColumnError";
}

/**
 * What these columns of the catalogue say of items: item id → column as it was asked for → value. Case, blanks, "_" and
 * "-" do not matter. What an item lacks is left out.
 * @throws UnknownColumnError
 */
export function columnsOf(
  { catalog }: Snapshot,
  itemIds: readonly string[],
  columns: readonly string[],
): Map<string, Record<string, string>> {
  const readers = columns.map((name) => [name, readerOf(name)] as const);
  const found = itemIds.map((id): [string, Record<string, string>, boolean[]] => {
    const row = catalog?.ids.row(id) ?? -1;
    const item = row < 0 ? undefined : catalog!.item(row);
    const values = readers.map(([, read]) => (item === undefined ? undefined : read(item)));
    const told = values.flatMap((value, at) => (value === undefined ? [] : [[columns[at], String(value)]]));
    return [id, Object.fromEntries(told), values.map((value) => value !== undefined)];
  });
  columns.forEach((name, at) => {
    const isKnown =
      roleOf(name) !== undefined ||
      catalog?.columns.find(name) !== undefined ||
      found.some(([, , has]) => has[at]);
    if (!isKnown) throw new UnknownColumnError(`the catalogue has no column "${name.slice(0, 150)}"`);
  });
  return new Map(found.map(([id, told]) => [id, told]));
}

function readerOf(name: string): (item: CatalogItem) => string | number | boolean | undefined {
  const role = roleOf(name);
  if (role !== undefined) return (item) => item[role];
  const folded = fold(name);
  return ({ attributes }) => Object.entries(attributes).find(([key]) => fold(key) === folded)?.[1];
}

function roleOf(name: string): keyof typeof knownNames | undefined {
  const folded = fold(name);
  const roles = Object.keys(knownNames) as (keyof typeof knownNames)[];
  return roles.find((role) => knownNames[role].some((known) => fold(known) === folded));
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}
