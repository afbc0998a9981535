import { comparePaired, type PairedDifference } from "./compare.ts";
import { evaluate, type Recommend } from "./evaluate.ts";
import type { HeldOut } from "./held-out.ts";

export interface ChangeOptions {
  /** the length of the lists; 10 unless said */
  readonly k?: number;
  readonly resamples?: number;
  readonly seed: number;
}

/** What one way of serving a model showed the held-out users. */
export interface ServedLists {
  readonly k: number;
  /** (users): ndcg@k on new items */
  readonly ndcg: Float32Array;
  /** share of the fitted items that somebody was shown */
  readonly coverage: number;
  /** (users) */
  readonly lists: readonly (readonly string[])[];
}

/** What another way of serving the same model to the same users changes. */
export interface ServingChange {
  readonly k: number;
  readonly userCount: number;
  /** ndcg@k: `challenger` is after, `champion` before */
  readonly ndcg: PairedDifference;
  /** coverage@k */
  readonly coverage: { readonly before: number; readonly after: number };
  /** share of the users whose list is not the same */
  readonly changedLists: number;
}

/** Asks for every held-out user's list of new items once. */
export function serveHeldOut(recommend: Recommend, heldOut: HeldOut, options: ChangeOptions): ServedLists {
  const { k = 10, seed } = options;
  const lists: (readonly string[])[] = [];
  const kept: Recommend = (userId, count, task) => {
    const list = recommend(userId, count, task);
    lists.push(list);
    return list;
  };
  const report = evaluate(kept, heldOut, { ks: [k], tasks: ["new"], resamples: 0, seed });
  const { perUser, figures } = report.tasks.new!;
  return { k, ndcg: perUser[`ndcg@${k}`], coverage: (figures[`coverage@${k}`] as number) ?? 0, lists };
}

/**
 * The cost in NDCG, paired by user, and what it buys in coverage.
 * @throws UnpairedError where there are no users
 */
export function compareServing(
  before: ServedLists,
  after: ServedLists,
  options: ChangeOptions,
): ServingChange {
  const { resamples = 1000, seed } = options;
  const changed = before.lists.filter((list, user) => list.join("\n") !== after.lists[user].join("\n"));
  return {
    k: before.k,
    userCount: before.lists.length,
    ndcg: comparePaired(before.ndcg, after.ndcg, { resamples, seed }),
    coverage: { before: before.coverage, after: after.coverage },
    changedLists: changed.length / Math.max(1, before.lists.length),
  };
}
