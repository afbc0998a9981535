import { Random } from "../math/random.ts";
import { lastTime } from "./aggregate.ts";
import { type EventLog, rowsWhere, selectEvents } from "./event-log.ts";
import {
  eventsByUser,
  hideLastBaskets,
  hideLastRows,
  hideListItems,
  type Part,
  parts,
} from "./hidden-rows.ts";

export type HoldOutMethod = "time" | "last-rows" | "last-basket" | "lists";

export interface HoldOutOptions {
  /** without it: by time where every event has one, lists by their items, else each user's last rows */
  readonly method?: HoldOutMethod;
  /** epoch seconds of the first test event (method `time`) */
  readonly testFrom?: number;
  /** epoch seconds of the first validation event (method `time`) */
  readonly validationFrom?: number;
  /** of the events, by default .1 */
  readonly testFraction?: number;
  /** of the events that are not test, by default .1 */
  readonly validationFraction?: number;
  /** the test, given from outside: nothing of `log` is hidden for it */
  readonly holdout?: EventLog;
  readonly seed: number;
}

/** Events to learn from, to choose settings on, and to report on; the three share id tables unless by `file`. */
export interface Split {
  readonly method: HoldOutMethod | "file";
  /** what some users did is learnt from although it came after what is hidden of others */
  readonly leaking: boolean;
  /** what was done, for people */
  readonly sentence: string;
  readonly train: EventLog;
  readonly validation: EventLog;
  readonly test: EventLog;
  /** epoch seconds, where the cut was made by time */
  readonly validationFrom?: number;
  readonly testFrom?: number;
}

/** A hold-out that these data or options do not allow. */
export class HoldOutError extends Error {
  override name = "HoldOutError";
}

/**
 * Divides a log into train, validation and test, each in the order of the log.
 * @throws HoldOutError
 */
export function holdOut(log: EventLog, options: HoldOutOptions): Split {
  const checked = { testFraction: 0.1, validationFraction: 0.1, ...options };
  for (const name of ["testFraction", "validationFraction"] as const) {
    if (!(checked[name] >= 0 && checked[name] < 1)) {
      throw new HoldOutError(`${name} is ${checked[name]}, not at least 0 and below 1`);
    }
  }
  const usual = log.hasTime ? "time" : log.unordered ? "lists" : "last-rows";
  const method = options.method ?? usual;
  if (!log.hasTime && (method === "time" || method === "last-basket")) {
    throw new HoldOutError(`a hold-out by ${method} needs the time of every event, and these data lack it`);
  }
  if (method !== "time" && (options.testFrom ?? options.validationFrom) !== undefined) {
    throw new HoldOutError(`a date to cut at was given, but the hold-out is by ${method}, not by time`);
  }
  if (options.holdout && options.testFrom !== undefined) {
    throw new HoldOutError("both a hold-out file and a date for the test to begin at were given: name one");
  }
  if (options.holdout) return holdOutByFile(log, options.holdout, method, { ...checked, testFraction: 0 });
  return method === "time" ? holdOutByTime(log, checked) : holdOutByUser(log, method, checked);
}

type CheckedOptions = HoldOutOptions & Required<Pick<HoldOutOptions, "testFraction" | "validationFraction">>;

function holdOutByTime(log: EventLog, options: CheckedOptions): Split {
  const { testFrom: askedTest, validationFrom: askedValidation, testFraction, validationFraction } = options;
  const sorted = log.time.slice().sort();
  const testFrom = askedTest ?? cutTime(sorted, testFraction);
  const beforeTest = sorted.subarray(0, countBefore(sorted, testFrom));
  const validationFrom = askedValidation ?? cutTime(beforeTest, validationFraction);
  checkAskedDates(sorted, options);
  const part = new Uint8Array(log.length);
  for (let row = 0; row < log.length; row++) {
    part[row] =
      log.time[row] >= testFrom
        ? parts.test
        : log.time[row] >= validationFrom
          ? parts.validation
          : parts.train;
  }
  const divided = divide(log, part);
  const sentence =
    `Split by time: trained on ${events(divided.train)}, validated on ${events(divided.validation)}` +
    `${starting(validationFrom)}, tested on ${events(divided.test)}${starting(testFrom)}.`;
  const froms = {
    ...(validationFrom < Infinity && { validationFrom }),
    ...(testFrom < Infinity && { testFrom }),
  };
  return { method: "time", leaking: false, sentence, ...divided, ...froms };
}

/** Each user's own last rows, basket or drawn items: others' later events remain to learn from. */
function holdOutByUser(log: EventLog, method: HoldOutMethod, options: CheckedOptions): Split {
  const part = new Uint8Array(log.length);
  const byUser = eventsByUser(log);
  const random = new Random(options.seed);
  if (method === "last-basket") hideLastBaskets(log, byUser, options, part);
  else if (method === "lists") hideListItems(log, byUser, { ...options, random }, part);
  else hideLastRows(byUser, options, part);
  const divided = divide(log, part);
  const counts = `trained on ${events(divided.train)}, validated on ${events(divided.validation)}, tested on ${events(divided.test)}`;
  const basket = log.basket ? "order" : "day with events";
  const how = {
    time: "",
    "last-basket": `Each user's last ${basket} is the test, the one before it validation: ${counts}. This leaks across users: what others did later is learnt from.`,
    "last-rows": `The data have no times, so each user's last rows in the order of the files are hidden: ${counts}.`,
    lists: `The order of the lists means nothing, so a part of each user's items is drawn (seed ${options.seed}) and hidden: ${counts}.`,
  };
  return { method, leaking: method === "last-basket", sentence: how[method], ...divided };
}

function holdOutByFile(
  log: EventLog,
  holdout: EventLog,
  method: HoldOutMethod,
  options: CheckedOptions,
): Split {
  const inner = method === "time" ? holdOutByTime(log, options) : holdOutByUser(log, method, options);
  const overlaps = log.hasTime && holdout.hasTime && firstTime(holdout) < lastTime(log);
  const validated = {
    time: "the last events by time",
    "last-basket": "each user's last basket",
    "last-rows": "each user's last rows",
    lists: "items drawn from each user's list",
  }[method];
  const sentence =
    `Tested on the ${events(holdout)} of the hold-out file alone; trained on ${events(inner.train)}, validated on ` +
    `${events(inner.validation)} (${validated} of the training data).` +
    `${overlaps ? " The hold-out begins before the training data end, so later events are learnt from." : ""}`;
  return { ...inner, method: "file", leaking: inner.leaking || overlaps, sentence, test: holdout };
}

/** Dates that leave a part empty are a slip of the one who asked. */
function checkAskedDates(
  sorted: Float64Array,
  { testFrom = Infinity, validationFrom }: CheckedOptions,
): void {
  if (validationFrom !== undefined && validationFrom >= testFrom) {
    throw new HoldOutError(
      `validation would begin on ${moment(validationFrom)}, not before the test on ${moment(testFrom)}`,
    );
  }
  for (const date of [validationFrom, testFrom]) {
    if (date === undefined || date === Infinity || sorted.length === 0) continue;
    if (date > sorted[0] && date <= sorted[sorted.length - 1]) continue;
    throw new HoldOutError(
      `a cut at ${moment(date)} has no events on one side: they go from ${moment(sorted[0])} to ` +
        moment(sorted[sorted.length - 1]),
    );
  }
}

/**
 * The time from which the last `fraction` of sorted `times` begins; equal times stay together, and the first
 * time never is the cut, so that something remains before it. Infinity where nothing can be cut off.
 */
function cutTime(times: Float64Array, fraction: number): number {
  const place = times.length - Math.floor(times.length * fraction);
  if (place >= times.length) return Infinity;
  if (times[place] > times[0]) return times[place];
  return times.find((time) => time > times[0]) ?? Infinity;
}

function countBefore(times: Float64Array, limit: number): number {
  const place = times.findIndex((time) => time >= limit);
  return place < 0 ? times.length : place;
}

function divide(log: EventLog, part: Uint8Array): { train: EventLog; validation: EventLog; test: EventLog } {
  const rowsOf = (wanted: Part) => rowsWhere(part.length, (row) => part[row] === wanted);
  return {
    train: selectEvents(log, rowsOf(parts.train)),
    validation: selectEvents(log, rowsOf(parts.validation)),
    test: selectEvents(log, rowsOf(parts.test)),
  };
}

function firstTime(log: EventLog): number {
  return log.time.reduce((first, time) => Math.min(first, time), Infinity);
}

function events(log: EventLog): string {
  return `${log.length.toLocaleString("en")} event${log.length === 1 ? "" : "s"}`;
}

function starting(time: number): string {
  return time < Infinity ? ` from ${moment(time)}` : "";
}

function moment(time: number): string {
  const date = new Date(time * 1000);
  if (Number.isNaN(date.getTime())) return String(time);
  const text = date.toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : `${text.slice(0, 16).replace("T", " ")} UTC`;
}
