import { hidesOwn } from "../ranking/mask.ts";
import type { Asked, AskedRanking } from "./asked.ts";
import { allowedBy, promotionFilter } from "./filtering.ts";
import { type Merchandise, slotsOf } from "./merchandise.ts";
import type { AnswerItem, Query } from "./query.ts";
import { answerItem, rowsOf } from "./rows.ts";
import type { Pin } from "./rules.ts";
import type { Snapshot } from "./snapshot.ts";

/** What the rules, or the query instead of them, put among the rows; undefined where that is nothing. */
export function merchandiseOf(
  snapshot: Snapshot,
  query: Query,
  { asked, allowed }: Asked,
): Merchandise | undefined {
  const now = Date.now();
  // Beside an item only what the query itself asks for is promoted: its rows are alternatives to that item.
  const isBesideItem = query.itemId !== undefined;
  const promotions =
    query.promotions?.map((each) => ({ ...each, filter: promotionFilter(snapshot, each) })) ??
    (isBesideItem ? [] : snapshot.rules.promotionsAt(now));
  const pins = isBesideItem ? [] : snapshot.rules.pinsAt(now).filter(({ position }) => position <= asked.k);
  if (promotions.length === 0 && pins.length === 0) return undefined;
  let before = pins.length;
  const promoted = promotions.map(({ name, percentPromotedItems, filter }) => {
    const slots = slotsOf(percentPromotedItems, asked.k);
    // As many more as others may take away.
    const k = before + slots;
    before = k;
    const promotable = allowedBy(snapshot, filter, { query, history: asked.own });
    const { items } = rowsOf(snapshot, { asked: byScore(asked, k), allowed: promotable });
    return {
      slots,
      items: items.map((item) => ({ ...item, source: "promoted" as const, promotionName: name })),
    };
  });
  return { promoted, pinned: pinnedItems(snapshot, pins, { asked, allowed }) };
}

/** What is promoted stands in the order of its scores: nothing bends that, and nothing is explored among it. */
function byScore({ knobs: _, youngSince: __, exploration: ___, ...asked }: AskedRanking, k: number) {
  return { ...asked, k };
}

/** Pins that may be shown to this user under this query, by their positions; of two at one the first. */
function pinnedItems(snapshot: Snapshot, pins: readonly Pin[], asked: Asked): Map<number, AnswerItem> {
  const pinned = new Map<number, AnswerItem>();
  for (const { itemId, position } of pins) {
    const item = pinned.has(position) ? undefined : pinnedItem(snapshot, itemId, asked);
    if (item) pinned.set(position, item);
  }
  return pinned;
}

function pinnedItem(snapshot: Snapshot, itemId: string, { asked, allowed }: Asked): AnswerItem | undefined {
  const { model, catalog } = snapshot;
  const row = model.items.row(itemId);
  if (row >= 0) {
    const isOwn = asked.own !== undefined && hidesOwn(model, asked.hide, asked.own, row);
    if (isOwn || allowed.hidden?.[row] === 1) return undefined;
    return answerItem(snapshot, { row, score: undefined, source: "pinned" }, 0);
  }
  const catalogRow = catalog?.ids.row(itemId) ?? -1;
  if (!catalog || catalogRow < 0 || catalog.available[catalogRow] === 0) return undefined;
  if (!allowed.allowsNew(catalogRow)) return undefined;
  return answerItem(snapshot, { catalogRow, score: undefined, source: "pinned" }, 0);
}
