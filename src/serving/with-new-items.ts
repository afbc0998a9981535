import { explore, exploredMax } from "../ranking/exploration.ts";
import { areInfluenced } from "../ranking/influence.ts";
import type { RankedItem, Ranking, Source } from "../ranking/rank.ts";
import type { Asked, AskedRanking, Exploration } from "./asked.ts";
import { contentStart } from "./content.ts";
import { newItems } from "./new-items.ts";
import type { Snapshot } from "./snapshot.ts";

/** A row of an answer: the model's, or one that only the catalogue knows yet. */
type Row = RankedItem | NewRow;

interface NewRow {
  readonly catalogRow: number;
  readonly score: number | undefined;
  readonly source: Source;
}

/** A row with the chance that exploration gave it its place. */
export type PlacedRow = Row & { readonly propensity?: number };

/**
 * The rows of an answer: items that the model has never seen stand where their content lets expect them, and take
 * places that exploration gives to young items; what is still missing is filled up with them.
 */
export function withNewItems(snapshot: Snapshot, ranking: Ranking, { asked, allowed }: Asked): PlacedRow[] {
  const { k, itemId, exploration } = asked;
  const fresh = scoredNewItems(snapshot, { asked, allowed }, ranking.vector);
  const rows = isByScore(asked)
    ? mergeByScore(ranking.items, fresh, asked.bonus).slice(0, k)
    : [...ranking.items];
  const listed = new Set(rows.flatMap((row) => ("catalogRow" in row ? [row.catalogRow] : [])));
  const placed = exploration
    ? exploreRows(rows, { k, candidates: [...(ranking.young ?? []), ...fresh], listed }, exploration)
    : rows;
  for (const row of placed) if ("catalogRow" in row) listed.add(row.catalogRow);
  const count = k - placed.length + listed.size;
  const missing = newItems(snapshot, allowed, { count, itemId }).filter((row) => !listed.has(row));
  const rest = missing.map((catalogRow): NewRow => ({ catalogRow, score: undefined, source: "content" }));
  return [...placed, ...rest].slice(0, k);
}

/** Whether the rows stand in the order of their scores, so that others can be put among them. */
function isByScore({ itemId, knobs = {} }: AskedRanking): boolean {
  return itemId === undefined && !areInfluenced(knobs) && (knobs.diversity ?? 0) === 0;
}

function scoredNewItems(
  snapshot: Snapshot,
  { asked, allowed }: Asked,
  vector: Float32Array | undefined,
): NewRow[] {
  const start = contentStart(snapshot);
  if (!start || (!vector && !asked.exploration)) return [];
  const rows = newItems({ catalog: snapshot.catalog, newRows: start.newRows }, allowed, {
    count: start.newRows.length,
    itemId: asked.itemId,
  }).map((catalogRow): NewRow => {
    const score = vector && start.score(catalogRow, vector);
    return { catalogRow, score, source: "content" };
  });
  const standing = (row: NewRow): number => standingOf(row, asked.bonus) ?? 0;
  return rows.sort((a, b) => standing(b) - standing(a) || a.catalogRow - b.catalogRow);
}

/** What a row is ranked by: its score, and what the shop adds to it. */
function standingOf(row: Row, bonus: AskedRanking["bonus"]): number | undefined {
  if (row.score === undefined) return undefined;
  const added = "catalogRow" in row ? bonus?.ofCatalog?.[row.catalogRow] : bonus?.values[row.row];
  return row.score + (added ?? 0);
}

/** Scored rows in falling order; those without a score stay behind, in theirs. */
function mergeByScore(
  items: readonly RankedItem[],
  fresh: readonly NewRow[],
  bonus: AskedRanking["bonus"],
): Row[] {
  const merged: Row[] = [];
  let next = 0;
  for (const item of items) {
    const isScored = item.source === "als" || item.source === "fold-in";
    const standing = isScored ? standingOf(item, bonus) : undefined;
    while (
      standing !== undefined &&
      next < fresh.length &&
      (standingOf(fresh[next], bonus) ?? Number.NEGATIVE_INFINITY) > standing
    ) {
      merged.push(fresh[next++]);
    }
    merged.push(item);
  }
  return merged;
}

function exploreRows(
  rows: readonly Row[],
  {
    k,
    candidates,
    listed,
  }: { readonly k: number; readonly candidates: readonly Row[]; readonly listed: ReadonlySet<number> },
  { weight, seed }: Exploration,
): PlacedRow[] {
  const young = candidates
    .filter((row) => !("catalogRow" in row && listed.has(row.catalogRow)))
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0))
    .slice(0, exploredMax);
  return explore(rows, young, { weight, seed, k }).map(({ item, propensity }) =>
    propensity === undefined ? item : { ...item, source: "exploration", propensity },
  );
}
