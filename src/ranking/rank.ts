import type { History } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import type { Bonus } from "../model/offers.ts";
import type { PlaceMask } from "../model/place-mask.ts";
import { explain, type Reason } from "./explain.ts";
import { markHidden, unmarkHidden } from "./mask.ts";
import { repeatScores, topWithRepeats } from "./repeats.ts";

/** Where a row comes from. */
export type Source =
  | "als"
  | "fold-in"
  | "similar"
  | "bought-together"
  | "trending"
  | "popular"
  | "content"
  | "also-viewed"
  | "promoted"
  | "pinned"
  | "exploration";

/**
 * What is hidden of one's own past: what one bought (where the data has no purchases, what one interacted
 * with), everything one interacted with, or nothing.
 */
export type Hide = "purchased" | "interacted" | "none";

/** `itemRow` goes before `history`, and that before `userRow`; with none of them the answer is what is popular. */
export interface RankingQuery {
  /** items like this one; below 0 for an item that the model does not know */
  readonly itemRow?: number;
  /** what the user did, recent events merged in: it is folded in */
  readonly history?: History;
  readonly userRow?: number;
  readonly k: number;
  readonly hide: Hide;
  /** (items): 1 where the catalogue, a filter or the caller forbids an item */
  readonly hidden?: Uint8Array;
  /** made of `hidden` or a part of it: the same answer, sooner */
  readonly places?: PlaceMask | undefined;
  /** added to users' scores, as they are ranked and not as they are told */
  readonly bonus?: Bonus | undefined;
  /** asks for `because`, which costs a solve for each row */
  readonly why?: boolean;
}

export interface RankedItem {
  readonly row: number;
  /** the raw dot product, with what repeats add, or the cosine of similar items; what is popular or trending has none */
  readonly score: number | undefined;
  readonly source: Source;
  readonly because?: readonly Reason[];
}

export interface Ranking {
  /** of the first row, or of what was asked where no row is left */
  readonly source: Source;
  readonly items: readonly RankedItem[];
}

/**
 * The k best items for a query, each once, and exactly k wherever what is hidden leaves that many. What a user
 * or item brings comes first; what it lacks is filled up by what is trending, then by what is popular, and says
 * so. Where nothing is known, all rows are what is popular. Pure: the same arguments give the same rows.
 */
export function rank(model: Model, query: RankingQuery): Ranking {
  const own = query.history ?? (query.userRow === undefined ? undefined : model.history(query.userRow));
  const mask = markHidden(model, query, own);
  try {
    const items =
      query.itemRow === undefined ? rankForUser(model, query, own, mask) : rankSimilar(model, query, mask);
    const personal = items.length;
    // The fallbacks mark what they take, so that no row comes twice.
    for (const { row } of items) mask[row] = 1;
    if (personal > 0) fill(items, model.trending.rows, { k: query.k, mask, source: "trending" });
    fill(items, model.popularRows, { k: query.k, mask, source: "popular" });
    return { source: items[0]?.source ?? "popular", items };
  } finally {
    unmarkHidden(model);
  }
}

function rankForUser(
  model: Model,
  query: RankingQuery,
  own: History | undefined,
  mask: Uint8Array,
): RankedItem[] {
  if (model.rank === 0 || !own || own.items.length === 0) return [];
  const stored = query.history || query.userRow === undefined ? undefined : model.userVector(query.userRow);
  const solution = stored && !query.why ? undefined : model.foldIn(own);
  const vector = stored ?? solution?.vector;
  if (!vector) return [];
  const source = stored ? "als" : "fold-in";
  const repeats = query.hide === "none" && model.header.repeatWeight ? repeatScores(model, own) : undefined;
  const { k, places, bonus } = query;
  const { rows, scores: ranked } = repeats
    ? topWithRepeats(model, vector, { items: own.items, repeats }, { k, mask, places, bonus })
    : model.topK(vector, k, mask, { places, bonus });
  const repeatOf = (row: number): number => repeats?.[own.items.indexOf(row)] ?? 0;
  // What is told is the score that reasons sum to, whatever a shop adds to rank by.
  const scores = bonus ? model.scores(vector, rows).map((score, at) => score + repeatOf(rows[at])) : ranked;
  return Array.from(rows, (row, at) => ({
    row,
    score: scores[at],
    source,
    ...(query.why && solution && { because: explain(solution, row, repeatOf(row)) }),
  }));
}

function rankSimilar(
  model: Model,
  { itemRow = -1, k, places }: RankingQuery,
  mask: Uint8Array,
): RankedItem[] {
  if (itemRow < 0) return [];
  const { rows, scores } = model.neighbours(itemRow, k, mask, places);
  return Array.from(rows, (row, at) => ({ row, score: scores[at], source: "similar" }));
}

function fill(
  items: RankedItem[],
  candidates: Uint32Array,
  { k, mask, source }: { k: number; mask: Uint8Array; source: Source },
): void {
  for (let at = 0; at < candidates.length && items.length < k; at++) {
    const row = candidates[at];
    if (mask[row]) continue;
    mask[row] = 1;
    items.push({ row, score: undefined, source });
  }
}
