import type { CompanionKind } from "./companions.ts";
import type { Model } from "./model.ts";
import type { PlaceMask } from "./place-mask.ts";

/** Rows beside an item, best first. */
export interface BesideRows {
  readonly rows: Uint32Array;
  /** aligned with `rows`; NaN where a row is filled in by another measure than those before it */
  readonly scores: Float64Array;
  /** aligned with `rows`: baskets that hold both; 0 where it is not by baskets */
  readonly support: Uint32Array;
}

/** At most k companions of an item that are not hidden; none where the model has no such table. */
export function companionRows(
  model: Model,
  kind: CompanionKind,
  { itemRow, k, hidden }: { readonly itemRow: number; readonly k: number; readonly hidden?: Uint8Array },
): BesideRows {
  const table = model.itemTables.companions[kind];
  const places: number[] = [];
  if (table && itemRow >= 0) {
    for (let at = table.starts[itemRow]; at < table.starts[itemRow + 1] && places.length < k; at++) {
      if (!hidden?.[table.rows[at]]) places.push(at);
    }
  }
  return {
    rows: Uint32Array.from(places, (at) => table!.rows[at]),
    scores: Float64Array.from(places, (at) => table!.scores[at]),
    support: Uint32Array.from(places, (at) => table!.support[at]),
  };
}

/** Items like one item, in the way that the model's header names; shared visits are filled up by fold-in. */
export function similarRows(
  model: Model,
  itemRow: number,
  {
    k,
    hidden,
    places,
  }: {
    readonly k: number;
    readonly hidden?: Uint8Array;
    /** made of a part of `hidden` */
    readonly places?: PlaceMask | undefined;
  },
): BesideRows {
  const shared = companionRows(model, "shared", { itemRow, k, ...(hidden && { hidden }) });
  if (shared.rows.length === k) return shared;
  const taken = hidden?.slice() ?? new Uint8Array(model.itemCount);
  for (const row of shared.rows) taken[row] = 1;
  const rest = model.neighbours(itemRow, k - shared.rows.length, taken, places);
  const isFilled = shared.rows.length > 0;
  return {
    rows: Uint32Array.from([...shared.rows, ...rest.rows]),
    scores: Float64Array.from([
      ...shared.scores,
      ...rest.scores.map((score) => (isFilled ? Number.NaN : score)),
    ]),
    support: Uint32Array.from([...shared.support, ...rest.rows.map(() => 0)]),
  };
}
