import type { Column } from "../catalog/columns.ts";
import { NoModelError } from "../serving/query.ts";
import type { Snapshot } from "../serving/snapshot.ts";
import type { Desk } from "./desk.ts";

/** What a filter may ask of the products, so that a form can offer it. */
export type Field =
  | { readonly name: string; readonly kind: "number"; readonly least: number; readonly most: number }
  | {
      readonly name: string;
      readonly kind: "text";
      /** the most frequent first, at most a hundred */
      readonly values: readonly { readonly value: string; readonly count: number }[];
      readonly valueCount: number;
    };

export interface Shelf {
  readonly productCount: number;
  readonly fields: readonly Field[];
}

/** Someone to look over the shoulder of. */
export interface KnownShopper {
  readonly userId: string;
  readonly label?: string;
  /** products that the model knows this person by */
  readonly items: number;
  /** titles, newest first */
  readonly last: readonly string[];
}

const valuesMax = 100;
const shoppersMax = 24;
const lastMax = 3;
const itemsMin = 3;

/** @throws NoModelError */
export function showShelf(desk: Desk): Shelf {
  const { catalog } = loaded(desk);
  if (catalog === undefined) return { productCount: 0, fields: [] };
  const onSale = Uint32Array.from({ length: catalog.count }, (_, row) => row).filter(
    (row) => catalog.available[row] !== 0,
  );
  const fields = catalog.columns.names.flatMap((name) => {
    const column = catalog.columns.find(name);
    return column === undefined ? [] : fieldOf(name, column, onSale);
  });
  return { productCount: onSale.length, fields };
}

function fieldOf(name: string, column: Column, rows: Uint32Array): Field[] {
  if (column.kind === "number") {
    const values = Array.from(rows, (row) => column.values[row]).filter((value) => !Number.isNaN(value));
    if (values.length === 0) return [];
    const [least, most] = [Math.min, Math.max].map((pick) => values.reduce((a, b) => pick(a, b)));
    return [{ name, kind: "number", least, most }];
  }
  const counts = new Map<string, number>();
  for (const row of rows) {
    const text = column.texts[column.codes[row]];
    if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  if (counts.size === 0) return [];
  const values = [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return [{ name, kind: "text", values: values.slice(0, valuesMax), valueCount: counts.size }];
}

/** A demo's personas, else users from all over the model; nobody who was erased. @throws NoModelError */
export async function listShoppers(desk: Desk): Promise<KnownShopper[]> {
  const snapshot = loaded(desk);
  const demo = demoShoppers(desk, snapshot);
  const found = demo.length > 0 ? demo : sampleOf(snapshot);
  const erased = await Promise.all(
    found.map(async ({ userId }) => (await desk.serving.recall({ userId })).past?.erasedAt !== undefined),
  );
  return found.filter((_, at) => !erased[at]);
}

function demoShoppers(desk: Desk, snapshot: Snapshot): KnownShopper[] {
  const personas = new Set<string>();
  const each = (desk.shoppers?.() ?? []).filter(({ persona }) => {
    const isFirst = !personas.has(persona);
    personas.add(persona);
    return isFirst;
  });
  return each
    .slice(0, shoppersMax)
    .flatMap(({ id, label, persona }) => shopperOf(snapshot, id, label ?? persona) ?? []);
}

function sampleOf(snapshot: Snapshot): KnownShopper[] {
  const { model } = snapshot;
  const step = Math.max(1, Math.floor(model.userCount / (4 * shoppersMax)));
  const found: KnownShopper[] = [];
  for (let row = 0; row < model.userCount && found.length < shoppersMax; row += step) {
    const shopper = shopperOf(snapshot, model.users.id(row));
    if (shopper && shopper.items >= itemsMin) found.push(shopper);
  }
  return found;
}

function shopperOf(snapshot: Snapshot, userId: string, label?: string): KnownShopper | undefined {
  const { model, catalog } = snapshot;
  const row = model.users.row(userId);
  if (row < 0) return undefined;
  const { items, lastTime } = model.history(row);
  const newest = Array.from(items.keys()).sort((a, b) => lastTime[b] - lastTime[a]);
  const last = newest.slice(0, lastMax).map((at) => {
    const catalogRow = snapshot.catalogRow(items[at]);
    return catalogRow === undefined ? model.items.id(items[at]) : catalog!.item(catalogRow).title;
  });
  return { userId, ...(label && { label }), items: items.length, last };
}

function loaded({ serving }: Desk): Snapshot {
  const { snapshot } = serving;
  if (snapshot === undefined) throw new NoModelError("no model is loaded yet");
  return snapshot;
}
