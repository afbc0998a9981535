import { recommendPopular } from "./evaluation/baselines/popularity.ts";
import { comparePaired, type PairedDifference } from "./evaluation/compare.ts";
import { evaluate, type Report } from "./evaluation/evaluate.ts";
import { holdOutTruth, type Target, type Task, targetTypes } from "./evaluation/held-out.ts";
import { checkCutoffs, type Figure, type MetricName } from "./evaluation/metrics.ts";
import { recommendByModel } from "./evaluation/model-recommend.ts";
import { fittedPart } from "./evaluation/seen-events.ts";
import { type EventLog, rowsWhere, selectEvents } from "./interactions/event-log.ts";
import type { Model } from "./model/model.ts";
import { testUsersMin } from "./registry/gate.ts";
import type { Manifest } from "./registry/manifest.ts";

/** Events or a model by which nothing can be watched. */
export class MonitorError extends Error {
  override name = "MonitorError";
}

export interface MonitorOptions {
  readonly ks: readonly number[];
  readonly target?: Target | undefined;
  readonly seed: number;
  /** the figure that decides, such as `ndcg@10 on new items`; over all items where it does not say */
  readonly metric?: string | undefined;
}

export type MonitorVerdict = "beats popularity" | "does not beat popularity" | "cannot tell";

/** How a model does on what came after its data. */
export interface Monitored {
  readonly version: string;
  /** the last event that any fit of it has read, ISO 8601 */
  readonly dataUntil: string;
  readonly events: {
    readonly given: number;
    /** than `dataUntil` */
    readonly later: number;
    /** of these, the ones of the target */
    readonly counted: number;
  };
  readonly users: {
    /** with a later event that counts */
    readonly later: number;
    /** of these, the ones that the model knows */
    readonly known: number;
    /** with something to find by the figure that decides */
    readonly judged: number;
  };
  readonly target: Target;
  readonly metric: string;
  readonly metrics: { readonly [T in Task]?: Readonly<Record<string, Figure>> };
  /** fitted to the very same events */
  readonly popularity: Monitored["metrics"];
  /** model − popularity, by the figure that decides; absent where nobody has anything to find */
  readonly difference?: PairedDifference;
  readonly verdict: MonitorVerdict;
  readonly sentence: string;
}

/**
 * Scores a model, as it was made, on the events that are later than all that it was fitted to, beside what was popular
 * in its own data.
 * @throws MonitorError where times are missing, since nobody could tell what is later
 */
export function monitorModel(
  model: Model,
  manifest: Manifest,
  log: EventLog,
  options: MonitorOptions,
): Monitored {
  const end = dataEnd(manifest);
  if (log.length > 0 && !log.hasTime) {
    throw new MonitorError("the events have no times, so nobody can tell which came after the model's data");
  }
  const later = selectEvents(
    log,
    rowsWhere(log.length, (row) => log.time[row] > end),
  );
  const figure = figureNamed(options.metric ?? "ndcg@10");
  const { heldOut, ours, popular } = contest(model, later, figure, options);
  const difference = differenceOf(popular, ours, figure, options.seed);
  const verdict = verdictOf(difference);
  const metric = `${figure.name} on ${figure.task} items`;
  const dataUntil = new Date(end * 1000).toISOString();
  const none = `cannot tell: none of ${log.length} events came after ${dataUntil}, when the model's data end`;
  return {
    version: manifest.version,
    dataUntil,
    events: { given: log.length, later: later.length, counted: countTarget(later, heldOut.target) },
    users: {
      later: heldOut.users.length,
      known: heldOut.warm.reduce((sum, isWarm) => sum + isWarm, 0),
      judged: difference?.userCount ?? 0,
    },
    target: heldOut.target,
    metric,
    metrics: figuresOf(ours),
    popularity: figuresOf(popular),
    ...(difference && { difference }),
    verdict,
    sentence: later.length === 0 ? none : sentenceOf(verdict, metric, difference),
  };
}

/** The model and what was popular in its data, asked for the same. */
function contest(model: Model, later: EventLog, { k }: DecidingFigure, options: MonitorOptions) {
  const { target, ks, seed } = options;
  const fitted = fittedPart(model);
  const heldOut = holdOutTruth(fitted, later, { ...(target && { target }) });
  const asked = { ks: checkCutoffs([...ks, k]), seed };
  const ours = evaluate(recommendByModel(model), heldOut, asked);
  return { heldOut, ours, popular: evaluate(recommendPopular(fitted), heldOut, asked) };
}

function countTarget(log: EventLog, target: Target): number {
  const isCounted = targetTypes(log, target);
  return log.type.reduce((sum, type) => sum + Number(isCounted[type]), 0);
}

/** Epoch seconds of the last event that any fit has read. */
function dataEnd({ version, fits }: Manifest): number {
  const ends = fits.flatMap(({ lastEvent }) => lastEvent ?? []);
  if (ends.length > 0) return Math.max(...ends);
  throw new MonitorError(`model ${version} was fitted to events without times, so nothing came after them`);
}

interface DecidingFigure {
  readonly name: MetricName;
  readonly k: number;
  readonly task: Task;
}

function figureNamed(text: string): DecidingFigure {
  const [, name, k, task] = /^([a-z-]+@(\d+))(?: on (all|new) items)?$/.exec(text) ?? [];
  if (name === undefined) throw new MonitorError(`"${text}" is no figure, such as ndcg@10 on new items`);
  return { name: name as MetricName, k: Number(k), task: (task ?? "all") as Task };
}

function differenceOf(
  popular: Report,
  ours: Report,
  { name, task }: DecidingFigure,
  seed: number,
): PairedDifference | undefined {
  const [champion, challenger] = [popular, ours].map(({ tasks }) => tasks[task]?.perUser[name]);
  if (!champion?.length || !challenger) return undefined;
  return comparePaired(champion, challenger, { seed });
}

function figuresOf({ tasks }: Report): Monitored["metrics"] {
  return Object.fromEntries(Object.entries(tasks).map(([task, { figures }]) => [task, figures]));
}

function verdictOf(difference: PairedDifference | undefined): MonitorVerdict {
  if (!difference || difference.userCount < testUsersMin) return "cannot tell";
  return difference.low > 0 ? "beats popularity" : "does not beat popularity";
}

function sentenceOf(
  verdict: MonitorVerdict,
  metric: string,
  difference: PairedDifference | undefined,
): string {
  if (!difference) return "cannot tell: nobody with a later event has anything to find";
  const { userCount, champion, challenger, value, low, high } = difference;
  const figures =
    `${metric} is ${challenger.toFixed(4)} against ${champion.toFixed(4)}, ${signed(value)} ` +
    `(95 % interval ${signed(low)} to ${signed(high)}, ${userCount.toLocaleString("en")} users)`;
  if (verdict === "cannot tell")
    return `cannot tell: ${userCount} users are fewer than ${testUsersMin}. ${figures}`;
  if (verdict === "beats popularity") return `it still beats popularity: ${figures}`;
  const how = high < 0 ? "it is worse than popularity" : "it is not shown to beat popularity any longer";
  return `${how}: ${figures}`;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
}
