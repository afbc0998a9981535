/** Live training, as a page shows it. */
export interface TrainingProgress {
  /** a few words: "evaluating baselines", "trial 3 of 8" */
  readonly step: string;
  /** 0 to 1, where it can be told */
  readonly done?: number | undefined;
  /** why it ended without a model, if it did */
  readonly failure?: string | undefined;
  /** what was tried of late, the newest last */
  readonly trials?: readonly TrialNote[] | undefined;
  /** what was measured on the hidden part so far */
  readonly leaderboard?: LeaderboardNote | undefined;
}

export interface TrialNote {
  /** from 1, in the order in which they ended */
  readonly trial: number;
  readonly of: number;
  /** in words: "128 factors, α₀ 0.15, λ 0.0015" */
  readonly settings: string;
  /** the figure that validation chooses by; absent where the trial failed */
  readonly value?: number | undefined;
  /** it went on no further than a cheap trial */
  readonly fellOut?: boolean | undefined;
}

export interface LeaderboardNote {
  /** such as `ndcg@10` */
  readonly metric: string;
  /** users with something to find in the hidden part */
  readonly userCount: number;
  /** best first */
  readonly rows: readonly {
    readonly name: string;
    readonly value: number;
    readonly low?: number | undefined;
    readonly high?: number | undefined;
    /** is it the model that is being trained? */
    readonly isOurs: boolean;
  }[];
}
