import type { Interactions } from "../interactions/aggregate.ts";
import type { EventLog } from "../interactions/event-log.ts";
import type { Baseline } from "./baselines/baseline.ts";
import { type EvaluateOptions, evaluate, type Recommend, type Report } from "./evaluate.ts";
import { type HeldOut, type HeldOutOptions, holdOutTruth } from "./held-out.ts";
import type { LeaderboardRow } from "./leaderboard.ts";

/** One recommender with its report on the hidden part. */
export interface Entrant {
  /** its key in JSON */
  readonly slug: string;
  /** its name in tables */
  readonly name: string;
  readonly report: Report;
}

/** Recommenders that were fitted to the same part, measured on the same hidden part by the same evaluator. */
export class Contest {
  readonly heldOut: HeldOut;
  readonly entrants: Entrant[] = [];
  readonly #fitted: Interactions;
  /** the fitted part */
  readonly log: EventLog;
  readonly #options: EvaluateOptions;

  /** `log` and `fitted` are the fitted part's events, one by one and aggregated */
  constructor(
    log: EventLog,
    fitted: Interactions,
    hidden: EventLog,
    options: EvaluateOptions & HeldOutOptions,
  ) {
    this.log = log;
    this.#fitted = fitted;
    this.#options = options;
    this.heldOut = holdOutTruth(fitted, hidden, options);
  }

  get seed(): number {
    return this.#options.seed;
  }

  enter(slug: string, name: string, recommend: Recommend): Entrant {
    const entrant = { slug, name, report: evaluate(recommend, this.heldOut, this.#options) };
    this.entrants.push(entrant);
    return entrant;
  }

  /** An interruption is heard before each: every one of them computes for a while. */
  async enterBaselines(baselines: readonly Baseline[], signal?: AbortSignal): Promise<void> {
    for (const baseline of baselines) {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      this.enter(baseline.slug, baseline.name, baseline.fit(this.#fitted, this.log));
    }
  }

  /** The rows of a task's leaderboard. */
  rows(task: "all" | "new"): LeaderboardRow[] {
    return this.entrants.flatMap(({ name, report }) => {
      const figures = report.tasks[task]?.figures;
      return figures ? [{ name, figures }] : [];
    });
  }
}
