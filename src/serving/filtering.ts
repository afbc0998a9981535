import type { History } from "../model/history.ts";
import type { PlaceMask } from "../model/place-mask.ts";
import type { FilterValues } from "../ranking/filter/bind.ts";
import { FilterError } from "../ranking/filter/expression.ts";
import { convenienceFilter, type ItemFilter, itemFilter } from "../ranking/filter/item-filter.ts";
import type { UserAttributes } from "../ranking/filter/user-tests.ts";
import { type Query, QueryError, type QueryFault } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a query's conditions leave of the items. */
export interface Allowed {
  /** (items of the model): 1 where an item is hidden; absent where none is */
  readonly hidden: Uint8Array | undefined;
  readonly places: PlaceMask | undefined;
  /** whether an item that only the catalogue knows may be shown */
  readonly allowsNew: (catalogRow: number) => boolean;
}

/** A filter by its text or by its name among the rules. */
export interface NamedFilter {
  readonly filter?: string | undefined;
  readonly filterName?: string | undefined;
  readonly filterValues?: FilterValues | undefined;
}

/** What filter, category and price range of a query say; what is wrong with them goes to `faults`. */
export function filtersOf(snapshot: Snapshot, query: Query, faults: QueryFault[]): ItemFilter[] {
  const asked = resolveFilter(snapshot, query, faults);
  const convenience = convenienceFilter(query);
  if (convenience && snapshot.catalog === undefined) faults.push(...needsCatalog(query));
  return [asked, convenience].filter((each) => each !== undefined);
}

/**
 * What a query's filters and exclusions leave together.
 * @throws QueryError naming the place in a filter's text that the items cannot bear
 */
export function allowedItems(
  snapshot: Snapshot,
  filters: readonly ItemFilter[],
  { query, history }: { readonly query: Query; readonly history: History | undefined },
): Allowed {
  const allowed = applyFilters(snapshot, filters, { history, attributes: attributesOf(query) }, query);
  return withoutExcluded(snapshot, allowed, query.exclude ?? []);
}

/** What the query says of the user goes before what was stored; only what is one value can be compared. */
function attributesOf({ userAttributes, past }: Query): UserAttributes | undefined {
  if (userAttributes !== undefined || past?.attributes === undefined) return userAttributes;
  const isOne = (value: unknown) => value === null || ["string", "number", "boolean"].includes(typeof value);
  return Object.fromEntries(
    Object.entries(past.attributes).filter(([, value]) => isOne(value)),
  ) as UserAttributes;
}

function needsCatalog(query: Query): QueryFault[] {
  const needy = (["category", "minPrice", "maxPrice"] as const).filter((name) => query[name] !== undefined);
  return needy.map((parameter) => ({ parameter, detail: "needs a catalogue, and this server has none" }));
}

function resolveFilter(
  { rules }: Snapshot,
  asked: NamedFilter,
  faults: QueryFault[],
): ItemFilter | undefined {
  const { filter, filterName, filterValues } = asked;
  if (filter !== undefined && filterName !== undefined) {
    faults.push({ parameter: "filterName", detail: "cannot be given beside filter" });
    return undefined;
  }
  if (filter === undefined && filterName === undefined) {
    if (filterValues !== undefined) {
      faults.push({ parameter: "filterValues", detail: "are of no filter: give filter or filterName" });
    }
    return undefined;
  }
  const text = filter ?? rules.filterText(filterName as string);
  if (text === undefined) {
    faults.push({
      parameter: "filterName",
      detail: `there is no filter "${filterName?.slice(0, 63)}" among the rules`,
    });
    return undefined;
  }
  try {
    return itemFilter(text, filterValues);
  } catch (error) {
    faults.push(faultOf(error, asked));
    return undefined;
  }
}

function applyFilters(
  snapshot: Snapshot,
  filters: readonly ItemFilter[],
  user: Parameters<Snapshot["filters"]["apply"]>[1],
  asked: NamedFilter,
): Allowed {
  if (filters.length === 0) return { hidden: snapshot.hidden, places: undefined, allowsNew: () => true };
  try {
    const { hidden, places, visible } = snapshot.filters.apply(filters, user);
    return { hidden, places, allowsNew: (row) => visible?.[row] === 1 };
  } catch (error) {
    throw new QueryError([faultOf(error, asked)]);
  }
}

function faultOf(error: unknown, { filterName, filterValues }: NamedFilter): QueryFault {
  if (!(error instanceof FilterError)) throw error;
  const ofText = filterName === undefined ? "filter" : "filterName";
  const parameter = error.at === undefined && filterValues !== undefined ? "filterValues" : ofText;
  return { parameter, detail: error.message };
}

/** A mask is everybody's: what one query excludes goes into a copy. */
function withoutExcluded(snapshot: Snapshot, allowed: Allowed, exclude: readonly string[]): Allowed {
  if (exclude.length === 0) return allowed;
  const { model, catalog } = snapshot;
  const hidden = allowed.hidden?.slice() ?? new Uint8Array(model.itemCount);
  const excludedNew = new Set<number>();
  for (const id of exclude) {
    const row = model.items.row(id);
    if (row >= 0) hidden[row] = 1;
    else if (catalog) excludedNew.add(catalog.ids.row(id));
  }
  return { ...allowed, hidden, allowsNew: (row) => allowed.allowsNew(row) && !excludedNew.has(row) };
}

/** What a promotion's filter leaves, without the query's own conditions but for its exclusions. */
export function allowedBy(
  snapshot: Snapshot,
  filter: ItemFilter | undefined,
  { query, history }: { readonly query: Query; readonly history: History | undefined },
): Allowed {
  const allowed = applyFilters(
    snapshot,
    filter ? [filter] : [],
    { history, attributes: attributesOf(query) },
    {},
  );
  return withoutExcluded(snapshot, allowed, query.exclude ?? []);
}

/** @throws QueryError */
export function promotionFilter(snapshot: Snapshot, asked: NamedFilter): ItemFilter | undefined {
  const faults: QueryFault[] = [];
  const filter = resolveFilter(snapshot, asked, faults);
  if (faults.length > 0) {
    throw new QueryError(
      faults.map(({ parameter, detail }) => ({ parameter: "promotions", detail: `${parameter} ${detail}` })),
    );
  }
  return filter;
}
