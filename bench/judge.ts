import { evaluate } from "../src/evaluation/evaluate.ts";
import { type HeldOut, holdOutTruth, type Task } from "../src/evaluation/held-out.ts";
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

/** A fitted part and what was hidden from it: judges any factors by the evaluator that `aisle train` uses. */
export class Judge {
  readonly interactions: Interactions;
  readonly #truth: HeldOut;
  readonly #popular: Uint32Array;
  readonly #ids: readonly string[];

  /** What happened counts as often as it did, without forgetting: what every peer can take. */
  constructor(fitted: EventLog, hidden: EventLog) {
    this.interactions = aggregate(fitted, { ...defaultConfidence, halfLifeDays: Number.POSITIVE_INFINITY });
    this.#truth = holdOutTruth(this.interactions, hidden);
    this.#popular = fallingOrder(countPopularity(this.interactions).all);
    this.#ids = [...this.interactions.items];
  }

  /** A metric of full rankings over everyone with something hidden; strangers get what is popular. */
  figure(factors: Factors, metric = "ndcg@10", task: Task = "all"): number {
    const scorer = Scorer.over(factors.items, factors.rank);
    const { users, confidence } = this.interactions;
    const hidden = new Uint8Array(this.#ids.length);
    const recommend = (userId: string, k: number): string[] => {
      const user = users.row(userId);
      if (user < 0) return Array.from(this.#popular.subarray(0, k), (row) => this.#ids[row]);
      const own = confidence.columns.subarray(confidence.starts[user], confidence.starts[user + 1]);
      if (task === "new") for (const item of own) hidden[item] = 1;
      const vector = factors.users.subarray(user * factors.rank, (user + 1) * factors.rank);
      const { rows } = scorer.topK(vector, k, task === "new" ? hidden : undefined);
      if (task === "new") for (const item of own) hidden[item] = 0;
      return Array.from(rows, (row) => this.#ids[row]);
    };
    const k = Number(metric.split("@")[1]);
    const report = evaluate(recommend, this.#truth, { ks: [k], tasks: [task], resamples: 0, seed: 1 });
    return figureValue(report.tasks[task]?.figures[metric] ?? Number.NaN);
  }
}
