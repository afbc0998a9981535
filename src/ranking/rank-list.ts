import type { History } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import { repeatScores } from "./repeats.ts";

/** A user by what is known: a history to fold in goes before a stored row. */
export interface RankingUser {
  readonly history?: History | undefined;
  readonly userRow?: number | undefined;
}

export interface ListedRow {
  readonly row: number;
  /** the raw score, with what repeats add; absent where nothing is known of the user */
  readonly score: number | undefined;
}

/**
 * Rows by falling score for a user, with what repeats add, since nothing of a given list is hidden; equal ones keep
 * their order. For one of whom nothing is known, by falling popularity.
 * @param rows of the model, each once
 */
export function rankList(model: Model, user: RankingUser, rows: readonly number[]): ListedRow[] {
  const scores = scoresOf(model, user, rows);
  const { all } = model.popularity;
  const order = rows.map((row, at) => ({ row, score: scores?.[at], key: scores?.[at] ?? all[row] }));
  return order.sort((a, b) => b.key - a.key).map(({ row, score }) => ({ row, score }));
}

function scoresOf(model: Model, user: RankingUser, rows: readonly number[]): Float64Array | undefined {
  const taste = tasteOf(model, user);
  if (taste === undefined) return undefined;
  const repeats = new Map(Array.from(taste.own.items, (row, at) => [row, taste.repeats[at]]));
  return model.scores(taste.vector, rows).map((score, at) => score + (repeats.get(rows[at]) ?? 0));
}

interface Taste {
  readonly vector: Float32Array;
  readonly own: History;
  /** aligned with the history's items */
  readonly repeats: Float64Array;
}

/** What a user's scores are made of; undefined where the model has nothing to say of the user. */
function tasteOf(model: Model, { history, userRow }: RankingUser): Taste | undefined {
  const own = history ?? (userRow === undefined ? undefined : model.history(userRow));
  if (model.rank === 0 || own === undefined || own.items.length === 0) return undefined;
  const stored = history || userRow === undefined ? undefined : model.userVector(userRow);
  const vector = stored ?? model.foldIn(own)?.vector;
  return vector && { vector, own, repeats: repeatScores(model, own) };
}

/**
 * log Σ exp(score / temperature) over every item of the model: what a softmax over the catalogue is divided by, to
 * about a thousandth, since only the rows that matter are scored exactly. Undefined where the model has nothing to say of the user.
 * @param withRepeats do the scores hold what repeats add?
 */
export function logNormaliser(
  model: Model,
  user: RankingUser,
  { temperature, withRepeats }: { readonly temperature: number; readonly withRepeats: boolean },
): number | undefined {
  const taste = tasteOf(model, user);
  if (taste === undefined) return undefined;
  const { vector, own, repeats } = taste;
  const rough = model.roughScores(vector);
  const whole = logSumExp(rough, temperature);
  const added = new Map(Array.from(own.items, (row, at) => [row, withRepeats ? repeats[at] : 0]));
  const rows = [
    ...new Set([...heaviest(rough, (whole + Math.log(shareMax)) * temperature), ...added.keys()]),
  ];
  const share = (score: number): number => Math.exp(score / temperature - whole);
  const corrections = model
    .scores(vector, rows)
    .map((score, at) => share(score + (added.get(rows[at]) ?? 0)) - share(rough[rows[at]]));
  return whole + Math.log1p(corrections.reduce((sum, each) => sum + each, 0));
}

/** A row with a larger share of the sum is scored exactly: errors of the others, which are many, cancel out. */
const shareMax = 1e-4;

function heaviest(scores: Float64Array, least: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < scores.length; row++) if (scores[row] >= least) rows.push(row);
  return rows;
}

/** log Σ exp(score / temperature), without overflow. */
export function logSumExp(scores: ArrayLike<number>, temperature: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < scores.length; at++) if (scores[at] > largest) largest = scores[at];
  let sum = 0;
  for (let at = 0; at < scores.length; at++) sum += Math.exp((scores[at] - largest) / temperature);
  return largest / temperature + Math.log(sum);
}
