import type { History } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import type { Bonus } from "../model/offers.ts";
import type { PlaceMask } from "../model/place-mask.ts";
import { rankSimilar } from "./beside.ts";
import type { Categories } from "./diversity.ts";
import type { Reason } from "./explain.ts";
import { fill } from "./fill.ts";
import type { Influences } from "./influence.ts";
import { markHidden, unmarkHidden } from "./mask.ts";
import { rankPersonally } from "./personal.ts";
import { youngRows } from "./young.ts";

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

/** What bends a ranking; each knob is 0 unless given, and then changes nothing. */
export interface Knobs extends Influences {
  /** 0: by score alone, 1: each row as unlike those before it as can be */
  readonly diversity?: number | undefined;
  /** the items' categories, which diversity looks at beside factors */
  readonly category?: Categories | undefined;
}

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
  readonly knobs?: Knobs;
  /** asks for `young`: items that are there since these epoch seconds or later */
  readonly youngSince?: number;
}

export interface RankedItem {
  readonly row: number;
  /** the raw dot product, with what repeats add, or the cosine of similar items; what is popular or trending has none */
  readonly score: number | undefined;
  readonly source: Source;
  readonly because?: readonly Reason[];
  /** baskets that hold it and the item asked for, where it is by those that it is here */
  readonly support?: number;
}

export interface Ranking {
  /** of the first row, or of what was asked where no row is left */
  readonly source: Source;
  readonly items: readonly RankedItem[];
  /** (rank): the user's vector, where the rows are personal */
  readonly vector?: Float32Array;
  /** the best of the young rows that are not among `items`, where they were asked for */
  readonly young?: readonly RankedItem[];
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
    const personal = query.itemRow === undefined ? rankPersonally(model, query, own, mask) : undefined;
    const items =
      query.itemRow === undefined ? [...(personal?.items ?? [])] : rankSimilar(model, query, mask);
    const first = items.length;
    // The fallbacks mark what they take, so that no row comes twice.
    for (const { row } of items) mask[row] = 1;
    if (first > 0) fill(items, model.trending.rows, { k: query.k, mask, source: "trending" });
    fill(items, model.popularRows, { k: query.k, mask, source: "popular" });
    const young =
      query.youngSince === undefined ? undefined : youngRows(model, query, personal?.scored, mask);
    return {
      source: items[0]?.source ?? "popular",
      items,
      ...(personal && { vector: personal.vector }),
      ...(young && { young }),
    };
  } finally {
    unmarkHidden(model);
  }
}
