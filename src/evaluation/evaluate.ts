import { bootstrapMeans, type Interval } from "../math/bootstrap.ts";
import { type HeldOut, type Task, tasks } from "./held-out.ts";
import { ListTally, type PopularityBreakdown } from "./list-tally.ts";
import { checkCutoffs, type Figure, idealGains, type MetricName, metricNames, scoreHits } from "./metrics.ts";

/**
 * What is evaluated: the first k items of a full ranking, best first, none twice. For `new` it leaves out what
 * the user had bought (interacted with, where the data has no purchases); for `all` it hides nothing. A user
 * whom the fitted part never saw gets an answer too.
 */
export type Recommend = (userId: string, k: number, task: Task) => readonly string[];

export interface EvaluateOptions {
  /** 5, 10, 20 and 25 by default */
  readonly ks?: readonly number[];
  readonly tasks?: readonly Task[];
  /** 2,000 by default; 0 gives plain numbers without intervals */
  readonly resamples?: number;
  readonly seed: number;
}

export interface Segment {
  readonly userCount: number;
  readonly figures: Readonly<Record<string, Figure>>;
}

export interface TaskReport {
  /** those with something relevant to this task, in the held-out part's order */
  readonly users: readonly string[];
  /** (users) each, aligned: kept for paired intervals of differences */
  readonly perUser: Readonly<Record<MetricName, Float32Array>>;
  /** everyone: the metrics, and coverage@K, novelty@K, popular-share@K; empty if there is no user */
  readonly figures: Readonly<Record<string, Figure>>;
  readonly segments: { readonly warm: Segment; readonly cold: Segment };
  readonly byPopularity: PopularityBreakdown;
}

export interface Report {
  readonly ks: readonly number[];
  readonly heldOut: Pick<HeldOut, "target" | "sentence">;
  readonly tasks: Readonly<Partial<Record<Task, TaskReport>>>;
}

export class RepeatedItemError extends Error {
  override readonly name = "RepeatedItemError";
}

const defaultCutoffs: readonly number[] = [5, 10, 20, 25];

/** Asks for every held-out user's list and scores it. The same input and seed give the same report. */
export function evaluate(recommend: Recommend, heldOut: HeldOut, options: EvaluateOptions): Report {
  const ks = checkCutoffs(options.ks ?? defaultCutoffs);
  const asked = tasks.filter((task) => (options.tasks ?? tasks).includes(task));
  return {
    ks,
    heldOut: { target: heldOut.target, sentence: heldOut.sentence },
    tasks: Object.fromEntries(
      asked.map((task) => [task, evaluateTask(recommend, heldOut, task, { ...options, ks })]),
    ),
  };
}

function evaluateTask(
  recommend: Recommend,
  heldOut: HeldOut,
  task: Task,
  options: EvaluateOptions & { ks: readonly number[] },
): TaskReport {
  const { starts } = heldOut.relevant[task];
  const userRows = heldOut.users.flatMap((_, user) => (starts[user + 1] > starts[user] ? [user] : []));
  const names = metricNames(options.ks);
  const tally = new ListTally(heldOut, task, options.ks);
  const columns = scoreUsers(recommend, heldOut, task, { userRows, ks: options.ks, tally });
  const warm = Uint8Array.from(userRows, (user) => heldOut.warm[user]);
  const { all, groups } = meanFigures(columns, warm, options);
  const segment = (group: number): Segment => ({
    userCount: warm.filter((value) => value === group).length,
    figures: groups[group] === undefined ? {} : nameFigures(names, groups[group]),
  });
  return {
    users: userRows.map((user) => heldOut.users[user]),
    perUser: Object.fromEntries(names.map((name, at) => [name, columns[at]])) as Record<
      MetricName,
      Float32Array
    >,
    figures: userRows.length === 0 ? {} : { ...nameFigures(names, all), ...tally.figures() },
    segments: { warm: segment(1), cold: segment(0) },
    byPopularity: tally.byPopularity(),
  };
}

/** (metrics)(users): one pass over the users, each list compared with what is relevant by item row. */
function scoreUsers(
  recommend: Recommend,
  heldOut: HeldOut,
  task: Task,
  { userRows, ks, tally }: { userRows: readonly number[]; ks: readonly number[]; tally: ListTally },
): Float32Array[] {
  const rankCount = ks[ks.length - 1];
  const scale = { ks, ideal: idealGains(rankCount) };
  const { starts, items } = heldOut.relevant[task];
  const columns = metricNames(ks).map(() => new Float32Array(userRows.length));
  const scored = new Float64Array(columns.length);
  const rows = new Int32Array(rankCount);
  const hits = new Uint8Array(rankCount);
  const marks = new UserMarks(heldOut.items.count);
  userRows.forEach((user, at) => {
    const relevant = items.subarray(starts[user], starts[user + 1]);
    const list = recommend(heldOut.users[user], rankCount, task);
    const length = Math.min(list.length, rankCount);
    marks.begin(relevant);
    for (let rank = 0; rank < length; rank++) {
      rows[rank] = heldOut.items.row(list[rank]);
      hits[rank] = marks.take(rows[rank], list[rank]);
    }
    hits.fill(0, length);
    scoreHits(hits, relevant.length, scale, scored);
    for (let m = 0; m < columns.length; m++) columns[m][at] = scored[m];
    tally.add(rows.subarray(0, length), hits);
  });
  return columns;
}

/** Which items are relevant to the user at hand, and which were already in the list. */
class UserMarks {
  readonly #relevant: Uint32Array;
  readonly #listed: Uint32Array;
  #turn = 0;

  constructor(itemCount: number) {
    this.#relevant = new Uint32Array(itemCount);
    this.#listed = new Uint32Array(itemCount);
  }

  begin(relevant: Uint32Array): void {
    this.#turn++;
    for (const item of relevant) this.#relevant[item] = this.#turn;
  }

  /** 1 for a hit, 0 for a miss; -1 is an item that neither part knows. */
  take(item: number, itemId: string): 0 | 1 {
    if (item < 0) return 0;
    if (this.#listed[item] === this.#turn) {
      throw new RepeatedItemError(
        `item ${itemId} stands twice in the list of one user; a ranking names each item once`,
      );
    }
    this.#listed[item] = this.#turn;
    return this.#relevant[item] === this.#turn ? 1 : 0;
  }
}

function meanFigures(
  columns: readonly Float32Array[],
  warm: Uint8Array,
  { resamples = 2000, seed }: EvaluateOptions,
): { all: Figure[]; groups: (Figure[] | undefined)[] } {
  if (warm.length === 0) return { all: [], groups: [undefined, undefined] };
  const means = bootstrapMeans(columns, warm, 2, { resamples, seed });
  if (resamples > 0) return means;
  const plain = (intervals: Interval[]): number[] => intervals.map(({ value }) => value);
  return { all: plain(means.all), groups: means.groups.map((group) => group && plain(group)) };
}

function nameFigures(names: readonly string[], figures: readonly Figure[]): Record<string, Figure> {
  return Object.fromEntries(names.map((name, at) => [name, figures[at]]));
}
