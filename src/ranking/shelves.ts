import { companionRows, similarRows } from "../model/companion-rows.ts";
import type { History } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import { TopRows } from "../model/top-rows.ts";
import { type TrendWindow, trendWindows, windowSeconds } from "../model/trends.ts";
import { besideItems } from "./beside.ts";
import { fill } from "./fill.ts";
import { markHidden, unmarkHidden } from "./mask.ts";
import type { RankedItem, Ranking, RankingQuery } from "./rank.ts";

/** A ranking that may be shorter than asked, and then says why. */
export interface Shelf extends Ranking {
  readonly reason?: string;
}

/** What was bought together with an item, more often than by chance, and nothing else: what is not known is not invented. */
export function rankBoughtTogether(model: Model, query: RankingQuery): Shelf {
  const { itemRow = -1, k } = query;
  const items = withMask(model, query, (hidden) =>
    besideItems(companionRows(model, "together", { itemRow, k, hidden }), "bought-together"),
  );
  const reason = items.length < k ? whyFewer(model, itemRow, items.length) : undefined;
  return { source: "bought-together", items, ...(reason && { reason }) };
}

function whyFewer(model: Model, itemRow: number, count: number): string {
  const table = model.itemTables.companions.together;
  if (!table) return "this model was made without orders: train it anew";
  if (table.rows.length === 0) {
    return "no two items were bought together more often than chance explains; orders are told by an order number, or by times";
  }
  if (itemRow < 0) return "this item has no events";
  const known = table.starts[itemRow + 1] - table.starts[itemRow];
  if (known === 0) return "nothing was bought together with this item more often than chance explains";
  return known > count
    ? `${known} ${known === 1 ? "item was" : "items were"} bought together with this one more often than chance explains; what is not here may not be shown`
    : `only ${known} ${known === 1 ? "item was" : "items were"} bought together with this one more often than chance explains`;
}

/** What was looked at in the same visits as an item, then what is similar, trending and popular, each row labelled. */
export function rankAlsoViewed(model: Model, query: RankingQuery): Ranking {
  const { itemRow = -1, k, places } = query;
  return withMask(model, query, (mask) => {
    const items = besideItems(companionRows(model, "viewed", { itemRow, k, hidden: mask }), "also-viewed");
    for (const { row } of items) mask[row] = 1;
    if (itemRow >= 0 && items.length < k) {
      const rest = similarRows(model, itemRow, { k: k - items.length, hidden: mask, places });
      for (const item of besideItems(rest, "similar")) {
        mask[item.row] = 1;
        items.push({ ...item, score: undefined });
      }
    }
    return finish(model, items, k, mask);
  });
}

export interface TrendShelf extends Ranking {
  /** the window that was looked at: longer than asked where the events' times are too coarse to tell */
  readonly window: TrendWindow | undefined;
  readonly note?: string;
}

/** What grows most in a window up to the model's last event, then what is popular. */
export function rankTrending(model: Model, query: RankingQuery, asked: TrendWindow): TrendShelf {
  const { windows, timeResolution } = model.itemTables;
  const told = trendWindows.find(
    (window) => windowSeconds[window] >= Math.max(timeResolution, windowSeconds[asked]),
  );
  const trend = windows && told ? windows[told] : undefined;
  const note = trendNote(asked, trend && told, timeResolution);
  const items = withMask(model, query, (mask) => {
    const found: RankedItem[] = [];
    fill(found, trend?.rows ?? new Uint32Array(0), { k: query.k, mask, source: "trending" });
    return fillPopular(model, found, query.k, mask);
  });
  return { ...items, window: trend && told, ...(note && { note }) };
}

function trendNote(
  asked: TrendWindow,
  told: TrendWindow | undefined,
  resolution: number,
): string | undefined {
  if (!told)
    return "the events of this model have no times, or it was made before windows were kept: what is popular";
  const unit = resolution === 86_400 ? "days" : "hours";
  return told === asked
    ? undefined
    : `the events' times are whole ${unit}, so ${asked} cannot be told from ${told}`;
}

/** What most users did something of one type with; `bit` is of the model's event types. Exact, by one pass. */
export function rankPopularBy(model: Model, query: RankingQuery, bit: number): Ranking {
  return withMask(model, query, (mask) => {
    const users = model.popularity.byType.subarray(bit * model.itemCount, (bit + 1) * model.itemCount);
    const top = new TopRows(Math.min(query.k, model.itemCount));
    for (let row = 0; row < users.length; row++) if (users[row] > 0 && !mask[row]) top.offer(row, users[row]);
    const found: RankedItem[] = [];
    fill(found, top.take().rows, { k: query.k, mask, source: "popular" });
    return fillPopular(model, found, query.k, mask);
  });
}

/**
 * The item to which a shelf *because you viewed …* is owed: the last that the user looked at and did not buy, else the
 * last of all.
 */
export function lastSeen(model: Model, { items, lastTime, typeBits }: History): number | undefined {
  const { purchaseBits } = model.header.confidence;
  let found: number | undefined;
  for (const notBought of [true, false]) {
    let last = -1;
    for (let at = 0; at < items.length; at++) {
      if (notBought && typeBits[at] & purchaseBits) continue;
      if (lastTime[at] >= last) [last, found] = [lastTime[at], items[at]];
    }
    if (found !== undefined) return found;
  }
  return found;
}

function withMask<T>(model: Model, query: RankingQuery, make: (mask: Uint8Array) => T): T {
  const own = query.history ?? (query.userRow === undefined ? undefined : model.history(query.userRow));
  const mask = markHidden(model, query, own);
  try {
    return make(mask);
  } finally {
    unmarkHidden(model);
  }
}

function finish(model: Model, items: RankedItem[], k: number, mask: Uint8Array): Ranking {
  if (items.length > 0) fill(items, model.trending.rows, { k, mask, source: "trending" });
  return fillPopular(model, items, k, mask);
}

function fillPopular(model: Model, items: RankedItem[], k: number, mask: Uint8Array): Ranking {
  fill(items, model.popularRows, { k, mask, source: "popular" });
  return { source: items[0]?.source ?? "popular", items };
}
