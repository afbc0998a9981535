import type { History } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import { diversify, poolSize } from "./diversity.ts";
import { explain } from "./explain.ts";
import { areInfluenced, type InfluencedRows, type Scored, topInfluenced } from "./influence.ts";
import type { RankedItem, RankingQuery } from "./rank.ts";
import { type Repeats, repeatScores, topWithRepeats } from "./repeats.ts";

export interface PersonalRanking {
  readonly items: RankedItem[];
  /** (rank): what items' factors are multiplied by */
  readonly vector: Float32Array;
  readonly scored: Scored;
}

/** A user's own rows; undefined where nothing is known of the user, or nothing was factorised. */
export function rankPersonally(
  model: Model,
  query: RankingQuery,
  own: History | undefined,
  mask: Uint8Array,
): PersonalRanking | undefined {
  if (model.rank === 0 || !own || own.items.length === 0) return undefined;
  const stored = query.history || query.userRow === undefined ? undefined : model.userVector(query.userRow);
  const solution = stored && !query.why ? undefined : model.foldIn(own);
  const vector = stored ?? solution?.vector;
  if (!vector) return undefined;
  const repeats = query.hide === "none" && model.header.repeatWeight ? repeatScores(model, own) : undefined;
  const repeatOf = (row: number): number => repeats?.[own.items.indexOf(row)] ?? 0;
  const scored = scoredBy(model, vector, query, repeats && { items: own.items, repeats });
  const best = bestRows(model, scored, query, mask);
  const { rows } = best;
  const scores = scored.told(best);
  const source = stored ? "als" : "fold-in";
  const items = Array.from(rows, (row, at) => ({
    row,
    score: scores[at],
    source,
    ...(query.why && solution && { because: explain(solution, row, repeatOf(row), own) }),
  })) satisfies RankedItem[];
  return { items, vector, scored };
}

function scoredBy(
  model: Model,
  vector: Float32Array,
  { places, bonus }: RankingQuery,
  repeated: Repeats | undefined,
): Scored {
  const options = { places, bonus };
  const repeatOf = new Map(repeated && Array.from(repeated.items, (row, at) => [row, repeated.repeats[at]]));
  const raw = (rows: Uint32Array) =>
    model.scores(vector, rows).map((score, at) => score + (repeatOf.get(rows[at]) ?? 0));
  return {
    top: (k, mask) =>
      repeated
        ? topWithRepeats(model, vector, repeated, { k, mask, ...options })
        : model.topK(vector, k, mask, options),
    scores: (rows) => (bonus ? raw(rows).map((score, at) => score + bonus.values[rows[at]]) : raw(rows)),
    told: ({ rows, scores }) => (bonus ? raw(rows) : scores),
  };
}

function bestRows(model: Model, scored: Scored, query: RankingQuery, mask: Uint8Array): InfluencedRows {
  const { k, knobs = {} } = query;
  const { diversity = 0, category } = knobs;
  const asked = { k: diversity > 0 ? poolSize(k) : k, mask };
  const pool = areInfluenced(knobs) ? topInfluenced(model, scored, knobs, asked) : plainly(scored, asked);
  return diversity > 0 ? diversify(model, pool, { k, diversity, category }) : pool;
}

function plainly(
  scored: Scored,
  { k, mask }: { readonly k: number; readonly mask: Uint8Array },
): InfluencedRows {
  const { rows, scores } = scored.top(k, mask);
  return { rows, scores, utilities: scores };
}
