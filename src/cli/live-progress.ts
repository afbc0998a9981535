import type { Contest } from "../evaluation/contest.ts";
import { figureValue } from "../evaluation/metrics.ts";
import type { LeaderboardNote, TrainingProgress, TrialNote } from "../http/training-progress.ts";
import type { Watcher } from "../pipeline.ts";
import type { Criterion } from "../training/criterion.ts";
import { describeRecipe } from "./watch-training.ts";

/** Trials that a page shows; the others have been seen to go by. */
const trialsShown = 12;

/** Tells of a training run as it goes, for a page that shows it live. */
export class LiveProgress implements Watcher {
  readonly #tell: (progress: TrainingProgress) => void;
  #progress: TrainingProgress = { step: "reading" };
  #total = 0;
  #finished = 0;

  constructor(tell: (progress: TrainingProgress) => void) {
    this.#tell = tell;
  }

  get leaderboard(): LeaderboardNote | undefined {
    return this.#progress.leaderboard;
  }

  step(step: string, done?: number): void {
    this.#change({ step, done });
  }

  trials(count: number): void {
    this.#total = count;
    this.step(`trial 1 of ${count}`, 0);
  }

  outcome({ recipe, best, fellOutAt, error }: Parameters<NonNullable<Watcher["outcome"]>>[0]): void {
    this.#finished++;
    const note: TrialNote = {
      trial: this.#finished,
      of: this.#total,
      settings: describeRecipe(recipe),
      ...(best && error === undefined && { value: best.value }),
      ...(fellOutAt && { fellOut: true }),
    };
    const next = Math.min(this.#finished + 1, this.#total);
    this.#change({
      step: `trial ${next} of ${this.#total}`,
      done: this.#finished / (this.#total + 2),
      trials: [...(this.#progress.trials ?? []), note].slice(-trialsShown),
    });
  }

  stage(name: string): void {
    this.step(name, (this.#total + 0.5) / (this.#total + 2));
  }

  measured(contest: Contest, criterion: Criterion): void {
    this.#change({ leaderboard: leaderboardOf(contest, criterion) });
  }

  #change(change: Partial<TrainingProgress>): void {
    this.#progress = { ...this.#progress, ...change };
    this.#tell(this.#progress);
  }
}

function leaderboardOf({ entrants }: Contest, { task, metric, k }: Criterion): LeaderboardNote {
  const name = `${metric}@${k}`;
  const rows = entrants.flatMap(({ slug, name: entrant, report }) => {
    const figure = report.tasks[task]?.figures[name as `ndcg@${number}`];
    if (figure === undefined) return [];
    const ends = typeof figure === "number" ? {} : { low: figure.low, high: figure.high };
    return [{ name: entrant, value: figureValue(figure), ...ends, isOurs: slug === "aisle" }];
  });
  return {
    metric: name,
    userCount: entrants[0]?.report.tasks[task]?.users.length ?? 0,
    rows: rows.sort((a, b) => b.value - a.value),
  };
}

/** One run told to several watchers. */
export function watchedBy(...watchers: readonly Watcher[]): Watcher {
  const each = (tell: (watcher: Watcher) => void): void => {
    for (const watcher of watchers) tell(watcher);
  };
  return {
    split: (split) => each((watcher) => watcher.split?.(split)),
    trials: (count) => each((watcher) => watcher.trials?.(count)),
    iteration: (trial, iteration) => each((watcher) => watcher.iteration?.(trial, iteration)),
    outcome: (outcome) => each((watcher) => watcher.outcome?.(outcome)),
    stage: (name) => each((watcher) => watcher.stage?.(name)),
    measured: (contest, criterion) => each((watcher) => watcher.measured?.(contest, criterion)),
  };
}
