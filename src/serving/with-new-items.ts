import { ageCutOffDefault, explore, exploredMax } from "../ranking/exploration.ts";
import type { RankedItem, Ranking } from "../ranking/rank.ts";
import { contentStart } from "./content.ts";
import { newItems } from "./new-items.ts";
import type { Query } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";

/** A row of an answer: the model's, or one that only the catalogue knows yet. */
export type Row = RankedItem | NewRow;

export interface NewRow {
  readonly catalogRow: number;
  readonly score: number | undefined;
  readonly source: "content" | "exploration";
}

/** A row with the chance that exploration gave it its place. */
export type PlacedRow = Row & { readonly propensity?: number };

/**
 * The rows of an answer: items that the model has never seen stand where their content lets expect them, and take
 * places that exploration gives to young items; what is still missing is filled up with them.
 */
export function withNewItems(snapshot: Snapshot, query: Query, ranking: Ranking, k: number): PlacedRow[] {
  const fresh = scoredNewItems(snapshot, query, ranking.vector);
  const rows = isByScore(query) ? mergeByScore(ranking.items, fresh).slice(0, k) : [...ranking.items];
  const listed = new Set(rows.flatMap((row) => ("catalogRow" in row ? [row.catalogRow] : [])));
  const explorationWeight = weightOf(query);
  const placed =
    explorationWeight > 0
      ? exploreRows(snapshot, query, { rows, k, candidates: [...(ranking.young ?? []), ...fresh] }, listed)
      : rows;
  for (const row of placed) if ("catalogRow" in row) listed.add(row.catalogRow);
  const missing = newItems(snapshot, query, k - placed.length + listed.size).filter(
    (row) => !listed.has(row),
  );
  const rest = missing.map((catalogRow): NewRow => ({ catalogRow, score: undefined, source: "content" }));
  return [...placed, ...rest].slice(0, k);
}

/** Whether the rows stand in the order of their scores, so that others can be put among them. */
function isByScore({
  itemId,
  diversity = 0,
  popularityInfluence = 0,
  freshnessInfluence = 0,
  rotationRate = 0,
}: Query) {
  return itemId === undefined && diversity + popularityInfluence + freshnessInfluence + rotationRate === 0;
}

function scoredNewItems(snapshot: Snapshot, query: Query, vector: Float32Array | undefined): NewRow[] {
  const start = contentStart(snapshot);
  if (!start || (!vector && weightOf(query) === 0)) return [];
  const allowed = newItems(
    { catalog: snapshot.catalog, newRows: start.newRows },
    query,
    start.newRows.length,
  );
  const rows = allowed.map((catalogRow): NewRow => {
    const score = vector && start.score(catalogRow, vector);
    return { catalogRow, score, source: "content" };
  });
  return rows.sort((a, b) => (b.score ?? 0) - (a.score ?? 0) || a.catalogRow - b.catalogRow);
}

/** Scored rows in falling order; those without a score stay behind, in theirs. */
function mergeByScore(items: readonly RankedItem[], fresh: readonly NewRow[]): Row[] {
  const merged: Row[] = [];
  let next = 0;
  for (const item of items) {
    const score = item.source === "als" || item.source === "fold-in" ? item.score : undefined;
    while (
      score !== undefined &&
      next < fresh.length &&
      (fresh[next].score ?? Number.NEGATIVE_INFINITY) > score
    ) {
      merged.push(fresh[next++]);
    }
    merged.push(item);
  }
  return merged;
}

function exploreRows(
  { parts }: Snapshot,
  query: Query,
  {
    rows,
    candidates,
    k,
  }: { readonly rows: readonly Row[]; readonly candidates: readonly Row[]; readonly k: number },
  listed: ReadonlySet<number>,
): PlacedRow[] {
  const { userId, itemId, recent, explorationWeight: weight = 0 } = query;
  // The same request to the same model gets the same answer.
  const seed = JSON.stringify([parts.version, userId, itemId, recent, weight]);
  const young = candidates
    .filter((row) => !("catalogRow" in row && listed.has(row.catalogRow)))
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0))
    .slice(0, exploredMax);
  return explore(rows, young, { weight, seed, k }).map(({ item, propensity }) =>
    propensity === undefined ? item : { ...item, source: "exploration", propensity },
  );
}

/** Beside an item nothing is explored: what is there is there for being like it. */
function weightOf({ explorationWeight = 0, itemId }: Query): number {
  return itemId === undefined ? explorationWeight : 0;
}

/** Epoch seconds since which an item is young enough to be explored; undefined where nothing is explored. */
export function youngSince({ model }: Snapshot, query: Query): number | undefined {
  if (weightOf(query) === 0) return undefined;
  return model.now - (query.explorationItemAgeCutOff ?? ageCutOffDefault) * 86_400;
}
