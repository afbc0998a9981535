import { findColumn, MissingColumnError } from "../tables/columns.ts";

export type EventColumn = "user" | "item" | "event" | "time" | "value" | "basket";

/** role → the column's name in the file; "" where none of them has this role */
export type EventColumnNames = Readonly<Partial<Record<EventColumn, string>>>;

/** role → the column's place in the row, -1 for none */
export type EventColumnPlaces = Readonly<Record<EventColumn, number>>;

/** Names that are understood unasked, the best first; case, "_", "-" and blanks do not matter. */
const knownNames: Readonly<Record<EventColumn, readonly string[]>> = {
  user: ["user_id", "user", "customer_id", "customer", "shopper_id", "visitor_id"],
  item: ["item_id", "item", "product_id", "product", "sku", "stock_code"],
  event: ["event_type", "event", "event_name", "action"],
  time: ["timestamp", "time", "event_time", "datetime", "date", "invoice_date", "created_at"],
  value: ["event_value", "value", "amount"],
  basket: ["order_id", "invoice_no", "invoice", "basket_id", "basket", "transaction_id", "session_id"],
};
const needed: readonly EventColumn[] = ["user", "item"];

/** The roles that `columns` are understood to have, by the names that `asked` gives and by those that are known. */
export function understoodColumns(
  columns: readonly string[],
  asked: EventColumnNames = {},
): EventColumnNames {
  const roles = Object.entries(knownNames).flatMap(([role, names]) => {
    const place = findColumn(columns, namesFor(asked[role as EventColumn], names));
    return place < 0 ? [] : [[role, columns[place]]];
  });
  return Object.fromEntries(roles);
}

function namesFor(asked: string | undefined, known: readonly string[]): readonly string[] {
  if (asked === undefined) return known;
  return asked === "" ? [] : [asked];
}

/**
 * Where each role's column stands: by the name that `asked` gives it, else by a name that is understood.
 * @throws MissingColumnError where an asked column, the user or the item is not there
 */
export function placeColumns(
  columns: readonly string[],
  asked: EventColumnNames,
  file: string,
): EventColumnPlaces {
  const place = (role: EventColumn): number => {
    const name = asked[role];
    const found = findColumn(columns, namesFor(name, knownNames[role]));
    if (found >= 0 || (!name && !needed.includes(role))) return found;
    const what = !name
      ? `no column is known to be the ${role}: name it, as in --columns ${role}=NAME`
      : `there is no column "${name}" for the ${role}`;
    const header = columns.map((column) => column.slice(0, 40)).join(", ");
    throw new MissingColumnError(`${file}: ${what}. The columns are ${header.slice(0, 500)}`);
  };
  return {
    user: place("user"),
    item: place("item"),
    event: place("event"),
    time: place("time"),
    value: place("value"),
    basket: place("basket"),
  };
}
