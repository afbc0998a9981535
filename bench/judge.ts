import { evaluate, type Recommend } from "../src/evaluation/evaluate.ts";
import {
  type HeldOut,
  type HeldOutOptions,
  holdOutTruth,
  isHiddenPair,
  type Task,
} from "../src/evaluation/held-out.ts";
import { figureValue } from "../src/evaluation/metrics.ts";
import type { Interactions } from "../src/interactions/aggregate.ts";
import { aggregate } from "../src/interactions/aggregate-by-formula.ts";
import { defaultConfidence } from "../src/interactions/confidence.ts";
import type { EventLog } from "../src/interactions/event-log.ts";
import { fallingOrder } from "../src/math/order.ts";
import { countPopularity } from "../src/model/popularity.ts";
import { Scorer } from "../src/model/scorer.ts";

/** Factors, however they came about. */
export interface Factors {
  readonly rank: number;
  /** (users, rank), (items, rank) */
  readonly users: Float32Array;
  readonly items: Float32Array;
}

/** A fitted part and what was hidden from it: judges anyone by the evaluator that `aisle train` uses. */
export class Judge {
  readonly interactions: Interactions;
  readonly truth: HeldOut;
  /** the fitted part, event by event */
  readonly log: EventLog;

  /** What happened counts as often as it did, without forgetting: what every peer can take. */
  constructor(fitted: EventLog, hidden: EventLog, options: HeldOutOptions = {}) {
    this.log = fitted;
    this.interactions = this.forgetting(Number.POSITIVE_INFINITY);
    this.truth = holdOutTruth(this.interactions, hidden, options);
  }

  /** The fitted part, in which an event counts half after so many days. Its rows are the same. */
  forgetting(halfLifeDays: number): Interactions {
    return aggregate(this.log, { ...defaultConfidence, halfLifeDays });
  }

  /** A metric of full rankings over everyone with something hidden; strangers get what is popular. */
  figure(factors: Factors, metric = "ndcg@10", task: Task = "all"): number {
    const ks = [Number(metric.split("@")[1])];
    const recommend = recommendByFactors(this.interactions, factors);
    const report = evaluate(recommend, this.truth, { ks, tasks: [task], resamples: 0, seed: 1 });
    return figureValue(report.tasks[task]?.figures[metric] ?? Number.NaN);
  }
}

/** Lists by the factors' products; what the new-items task hides is left out, and strangers get what is popular. */
export function recommendByFactors(interactions: Interactions, factors: Factors): Recommend {
  const scorer = Scorer.over(factors.items, factors.rank);
  const { starts, columns } = interactions.confidence;
  const ids = [...interactions.items];
  const popular = fallingOrder(countPopularity(interactions).all);
  const hidden = new Uint8Array(ids.length);
  return (userId, k, task) => {
    const user = interactions.users.row(userId);
    if (user < 0) return Array.from(popular.subarray(0, k), (row) => ids[row]);
    const mark = (value: 0 | 1): void => {
      for (let pair = starts[user]; pair < starts[user + 1]; pair++) {
        if (isHiddenPair(interactions, pair)) hidden[columns[pair]] = value;
      }
    };
    const vector = factors.users.subarray(user * factors.rank, (user + 1) * factors.rank);
    if (task === "new") mark(1);
    const { rows } = scorer.topK(vector, k, task === "new" ? hidden : undefined);
    if (task === "new") mark(0);
    return Array.from(rows, (row) => ids[row]);
  };
}
