import { z } from "zod";

/** A figure alone, or with its 95 % interval. */
const figure = z.union([z.number(), z.object({ value: z.number(), low: z.number(), high: z.number() })]);
const figures = z.record(z.string(), figure);
const byTask = z.object({ all: figures.optional(), new: figures.optional() });

/** The figure that chooses: `ndcg@10`, of `all` items or `new` ones. */
const criterion = z.object({
  task: z.enum(["all", "new"]),
  metric: z.string(),
  k: z.int().positive(),
  target: z.string(),
});

/** What a sweep set out to do: `runs/<run>/run.json`, written once, before its first trial. */
export const runSchema = z.object({
  run: z.string(),
  createdAt: z.iso.datetime(),
  who: z.string(),
  /** the version of the program */
  program: z.string(),
  seed: z.int(),
  /** the events: how they were named, how many, what they were, and how they were cut */
  data: z.object({
    source: z.string(),
    eventCount: z.int().nonnegative(),
    digest: z.string(),
    split: z.string(),
    /** SHA-256 over the digests of the three parts */
    cut: z.string().optional(),
  }),
  criterion,
  search: z.enum(["grid", "halving"]),
  trialCount: z.int().nonnegative(),
  /** what the trials' recipes are drawn from: the base, the values to try, and how many are drawn at most */
  grid: z.json().optional(),
  /** trials that would have needed more memory than there was, and failed by that */
  tooLarge: z.array(z.int().nonnegative()).optional(),
  /** sums over the events that name nobody, for the report */
  profile: z
    .object({
      userCount: z.int().nonnegative(),
      itemCount: z.int().nonnegative(),
      pairCount: z.int().nonnegative(),
      /** share of the events that repeat a pair */
      repeatShare: z.number(),
      /** by type, how many */
      types: z.record(z.string(), z.int().nonnegative()),
      /** UTC days that have any; absent where the data has no times */
      eventsByDay: z.array(z.object({ day: z.iso.date(), count: z.int().nonnegative() })).optional(),
      /** (at most 200 points) of the items by popularity: share of the items → share of the events */
      longTail: z.array(z.object({ items: z.number(), events: z.number() })),
    })
    .optional(),
});
export type Run = z.infer<typeof runSchema>;

/** One trial, once it has ended: `runs/<run>/<trial>.json`, such as `0007.json`; never changed. */
export const trialRecordSchema = z.object({
  run: z.string(),
  trial: z.int().nonnegative(),
  startedAt: z.iso.datetime(),
  /** all that decides a model but the data; as `recipeToJson` writes it */
  recipe: z.json(),
  outcome: z.enum(["finished", "fell-out", "failed"]),
  /** the budget at which a search went on without it: its figures are of so much */
  fellOutAt: z.object({ factors: z.int(), iterations: z.int() }).optional(),
  error: z.string().optional(),
  iterations: z.array(
    z.object({
      iteration: z.int(),
      loss: z.number(),
      /** the criterion on validation */
      value: figure,
      /** since the trial began */
      seconds: z.number(),
    }),
  ),
  /** the iteration that validation liked most */
  best: z.object({ iteration: z.int(), value: figure }).optional(),
  seconds: z.number(),
  /** the most memory that the whole process was seen to hold after an iteration, what ran beside the trial included */
  peakMemoryBytes: z.int().nonnegative().optional(),
});
export type TrialRecord = z.infer<typeof trialRecordSchema>;

/** What became of a run: `runs/<run>/result.json`, written once, last; absent where it was interrupted. */
export const resultSchema = z.object({
  run: z.string(),
  endedAt: z.iso.datetime(),
  seconds: z.number(),
  /** the trial that was chosen; absent where validation could not choose */
  trial: z.int().nonnegative().optional(),
  recipe: z.json(),
  /** the published version */
  model: z.string(),
  metrics: byTask.optional(),
  baselines: z.record(z.string(), byTask).default({}),
  /** what the gate answered, and the channel it was asked for */
  gate: z
    .object({
      channel: z.string(),
      decision: z.enum(["promote", "hold"]),
      reason: z.string(),
      /** the reason of whoever overruled it */
      forced: z.string().optional(),
      /** what it went by */
      difference: z.object({ value: z.number(), low: z.number(), high: z.number() }).optional(),
    })
    .optional(),
});
export type RunResult = z.infer<typeof resultSchema>;

/**
 * What each user's list was worth, beside the record that it belongs to: `runs/<run>/<trial>.users.json` on
 * validation at the trial's best iteration, `runs/<run>/result.users.json` on the test part. Values of the same cut
 * and metric pair up, user by user, without naming any.
 */
export const userValuesSchema = z.object({
  /** names the fitted and the hidden part */
  cut: z.string(),
  /** such as `ndcg@10 on all items` */
  metric: z.string(),
  /** by recommender (`aisle`, a baseline's slug): (users), the same order in each */
  values: z.record(z.string(), z.array(z.number())),
});
export type UserValues = z.infer<typeof userValuesSchema>;

/**
 * A cheap trial of a search by halving, as it ended: `rungs/<run>/<trial>-<factors>x<iterations>.json`. By these a
 * search that was killed goes on; once the run has its result nothing needs them any more. `recipe` is the reduced one.
 */
export const rungRecordSchema = trialRecordSchema.extend({ users: userValuesSchema.optional() });
export type RungRecord = z.infer<typeof rungRecordSchema>;

/** Where a run's documents lie in a registry. */
export const runKeys = {
  run: (run: string): string => `runs/${run}/run.json`,
  trial: (run: string, trial: number): string => `runs/${run}/${nameTrial(trial)}.json`,
  trialUsers: (run: string, trial: number): string => `runs/${run}/${nameTrial(trial)}.users.json`,
  rung: (run: string, trial: number, budget: { factors: number; iterations: number }): string =>
    `rungs/${run}/${nameTrial(trial)}-${budget.factors}x${budget.iterations}.json`,
  result: (run: string): string => `runs/${run}/result.json`,
  resultUsers: (run: string): string => `runs/${run}/result.users.json`,
};

function nameTrial(trial: number): string {
  return String(trial).padStart(4, "0");
}
