import { logNormaliser, logSumExp } from "../ranking/rank-list.ts";
import { ownPast } from "./past.ts";
import type { Answer, Query } from "./query.ts";
import { readRecent } from "./recent.ts";
import type { Snapshot } from "./snapshot.ts";

/** Scores that differ by so much differ by a factor of e as shares. What a user has taken scores about 1. */
export const temperatureDefault = 0.1;

/**
 * Scores of an answer's rows as Amazon Personalize tells them: exp(score / temperature) as a share of the sum of it
 * over the whole catalogue, whatever a filter leaves of that. `undefined` for rows that have no score, such as popular
 * ones.
 * @param query what the answer was made for
 */
export function catalogueShares(
  snapshot: Snapshot,
  answered: Answer,
  { query, temperature }: { readonly query: Query; readonly temperature: number },
): (number | undefined)[] {
  const { items } = answered;
  const nothing = items.map(() => undefined);
  if (items.every(({ score }) => score === undefined)) return nothing;
  const past = ownPast(snapshot.model, query, readRecent(snapshot.model, query.recent ?? [], []));
  const withRepeats = query.hide === "none";
  const normaliser = logNormaliser(snapshot.model, past, { temperature, withRepeats });
  if (normaliser === undefined) return nothing;
  return items.map(({ score }) =>
    score === undefined ? undefined : Math.exp(score / temperature - normaliser),
  );
}

/** The same over the answer's own rows, which a given list is; 0 for what the model does not know. */
export function listShares({ items }: Answer, temperature: number): (number | undefined)[] {
  const scores = items.flatMap(({ score }) => (score === undefined ? [] : [score]));
  if (scores.length === 0) return items.map(() => undefined);
  const normaliser = logSumExp(scores, temperature);
  return items.map(({ score }) => (score === undefined ? 0 : Math.exp(score / temperature - normaliser)));
}
