import type { History } from "../../model/history.ts";
import type { PlaceMask } from "../../model/place-mask.ts";
import type { BoundExpression } from "./bind.ts";
import { type BitTypes, matchesEvents } from "./event-tests.ts";
import type { ItemFilter } from "./item-filter.ts";
import { type FilteredItems, markItems } from "./mark-items.ts";
import { appliesTo, type UserAttributes } from "./user-tests.ts";

/** What filters are applied to: a model's items, joined with a catalogue where there is one. */
export interface FilterTarget {
  /** of the model */
  readonly itemCount: number;
  readonly items?: FilteredItems | undefined;
  /** (items of the model): row of the catalogue, past its end where there is none */
  readonly catalogRows?: Uint32Array | undefined;
  /** (items of the model): 1 where an item is hidden whatever a filter says */
  readonly hidden?: Uint8Array | undefined;
  readonly bitTypes: BitTypes;
  readonly maskPlaces: (hidden: Uint8Array) => PlaceMask | undefined;
}

/** What of a filter depends on the user that it is applied for. */
export interface FilteredUser {
  readonly history?: History | undefined;
  readonly attributes?: UserAttributes | undefined;
}

/** The items that filters leave: not to be written to, since others are answered from it too. */
export interface FilteredRows {
  /** (items of the model): 1 where an item is hidden */
  readonly hidden: Uint8Array;
  /** of all that `hidden` hides or a part of it */
  readonly places: PlaceMask | undefined;
  /** (items of the catalogue): 1 where an item of which the model knows nothing may be shown */
  readonly visible: Uint8Array | undefined;
}

/** What one filter says without a look at what a user did. */
interface StaticPart {
  readonly interactions: readonly BoundExpression[];
  /** (items): 1 where an INCLUDE on items holds; undefined where no INCLUDE is there and everything is included */
  readonly included: Uint8Array | undefined;
  /** (items): 1 where an EXCLUDE on items holds */
  readonly excluded: Uint8Array;
}

/** What is the same for everybody to whom the same expressions apply. */
export interface BaseMask extends FilteredRows {
  readonly parts: readonly StaticPart[];
  readonly byteLength: number;
}

/** The expressions of each filter that apply to a user. */
export type Active = readonly (readonly BoundExpression[])[];

export function activeExpressions(filters: readonly ItemFilter[], attributes?: UserAttributes): Active {
  return filters.map(({ expressions }) => expressions.filter((each) => appliesTo(each, attributes)));
}

/** The mask of filters that must all agree, for whoever did nothing. */
export function baseMask(target: FilterTarget, active: Active): BaseMask {
  const parts = active.map((expressions) => staticPart(target, expressions));
  const { items, itemCount, catalogRows } = target;
  const visible = items && new Uint8Array(items.count);
  if (visible)
    for (let row = 0; row < visible.length; row++) visible[row] = Number(isVisible(parts, row, target));
  const hidden = target.hidden?.slice() ?? new Uint8Array(itemCount);
  // Without a catalogue all items are alike for those who did nothing.
  const common = Number(!isVisible(parts, -1, target));
  for (let row = 0; row < itemCount; row++) {
    hidden[row] |= visible && catalogRows ? 1 - (visible[catalogRows[row]] ?? 0) : common;
  }
  const partBytes = parts.reduce(
    (sum, { included, excluded }) => sum + excluded.length + (included?.length ?? 0),
    0,
  );
  const byteLength = partBytes + hidden.length * 1.2 + (visible?.length ?? 0);
  // Only what a user did is looked up in the parts again.
  const kept = parts.some(({ interactions }) => interactions.length > 0) ? parts : [];
  return { hidden, places: target.maskPlaces(hidden), visible, parts: kept, byteLength };
}

/** The base mask with what the user did. */
export function withHistory(
  target: FilterTarget,
  base: BaseMask,
  history: History | undefined,
): FilteredRows {
  if (!history || base.parts.length === 0) return base;
  const { items, typeBits } = history;
  let { places } = base;
  const hidden = base.hidden.slice();
  for (let at = 0; at < items.length; at++) {
    const row = items[at];
    const catalogRow = target.catalogRows?.[row] ?? -1;
    const value = target.hidden?.[row] || !isVisible(base.parts, catalogRow, target, typeBits[at]) ? 1 : 0;
    // A mask by places may hide less than it could, and never more than it should.
    if (value < hidden[row]) places = undefined;
    hidden[row] = value;
  }
  return { hidden, places, visible: base.visible };
}

function staticPart({ items }: FilterTarget, expressions: readonly BoundExpression[]): StaticPart {
  const count = items?.count ?? 0;
  const included = expressions.some(({ keeps }) => keeps) ? new Uint8Array(count) : undefined;
  const excluded = new Uint8Array(count);
  for (const expression of expressions) {
    if (expression.data !== "Items" || !items) continue;
    markItems(expression, items, (expression.keeps && included) || excluded);
  }
  return { interactions: expressions.filter(({ data }) => data === "Interactions"), included, excluded };
}

/** Included by one and excluded by none, in each filter. `bits` is undefined for an item without events. */
function isVisible(
  parts: readonly StaticPart[],
  row: number,
  { bitTypes }: FilterTarget,
  bits?: number,
): boolean {
  for (const { interactions, included, excluded } of parts) {
    let isIncluded = included === undefined || included[row] === 1;
    let isExcluded = excluded[row] === 1;
    for (const expression of interactions) {
      if (!matchesEvents(expression, bitTypes, bits)) continue;
      if (expression.keeps) isIncluded = true;
      else isExcluded = true;
    }
    if (!isIncluded || isExcluded) return false;
  }
  return true;
}
