import { rank, type Source } from "../ranking/rank.ts";
import { type Asked, rankingOf } from "./asked.ts";
import { becauseOf } from "./because.ts";
import type { AnswerItem, ShownItem } from "./query.ts";
import { similarByContent } from "./similar-by-content.ts";
import type { Snapshot } from "./snapshot.ts";
import { type PlacedRow, withNewItems } from "./with-new-items.ts";

/** The rows that a ranking gives, with those that only the catalogue knows. */
export function rowsOf(snapshot: Snapshot, asked: Asked): { source: Source; items: AnswerItem[] } {
  const ranking = similarByContent(snapshot, asked) ?? rank(snapshot.model, rankingOf(asked));
  return answerRows(snapshot, withNewItems(snapshot, ranking, asked), ranking.source);
}

/** Rows as they are answered; `otherwise` is their source where there is none. */
export function answerRows(
  snapshot: Snapshot,
  rows: readonly PlacedRow[],
  otherwise: Source,
): { source: Source; items: AnswerItem[] } {
  const items = rows.map((row, index) => answerItem(snapshot, row, index + 1));
  return { source: items[0]?.source ?? otherwise, items };
}

export function answerItem(snapshot: Snapshot, row: PlacedRow, rank: number): AnswerItem {
  const { items } = snapshot.model;
  const isNew = "catalogRow" in row;
  const catalogRow = isNew ? row.catalogRow : snapshot.catalogRow(row.row);
  const item = catalogRow === undefined ? undefined : showItem(snapshot.catalog!.item(catalogRow));
  const { because, support } = isNew ? {} : row;
  return {
    itemId: isNew ? snapshot.catalog!.ids.id(row.catalogRow) : items.id(row.row),
    rank,
    ...(row.score === undefined ? {} : { score: row.score }),
    source: row.source,
    ...(item === undefined ? {} : { item }),
    ...(because === undefined ? {} : { because: because.map((reason) => becauseOf(snapshot, reason)) }),
    ...(support === undefined ? {} : { support }),
    ...(row.propensity === undefined ? {} : { propensity: row.propensity }),
  };
}

function showItem(item: ShownItem): ShownItem {
  const { title, price, category, image } = item;
  return {
    title,
    ...(price === undefined ? {} : { price }),
    ...(category === undefined ? {} : { category }),
    ...(image === undefined ? {} : { image }),
  };
}
