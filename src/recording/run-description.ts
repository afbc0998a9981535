import { createHash } from "node:crypto";
import { digestOf } from "../interactions/aggregate.ts";
import type { EventLog } from "../interactions/event-log.ts";
import { profileOf } from "../interactions/profile.ts";
import type { TrainingOrder, TrainingPlan } from "../pipeline.ts";
import type { Run } from "../tracking/record.ts";

/** What the run is called, and on whose word it runs. */
export type RunHeading = Pick<Run, "run" | "createdAt" | "who" | "program"> & {
  /** how the events are named */
  readonly source: string;
};

/** What a training is about to do, as `run.json` says it. */
export function describeRun(
  { source, ...heading }: RunHeading,
  events: EventLog,
  order: TrainingOrder,
  { split, criterion, recipes, tooLarge }: TrainingPlan,
): Run {
  const parts = [split.train, split.validation, split.test].map(digestOf);
  return {
    ...heading,
    seed: order.seed,
    data: {
      source,
      eventCount: events.length,
      digest: digestOf(events),
      split: split.sentence,
      cut: createHash("sha256").update(parts.join()).digest("hex"),
    },
    criterion,
    search: order.search ?? "grid",
    trialCount: recipes.length,
    grid: endlessAsNull({ base: order.base, values: order.grid, trials: order.trialCount }),
    tooLarge: [...tooLarge],
    profile: profileOf(events),
  };
}

/** JSON knows no Infinity, which a half-life may be. */
function endlessAsNull(value: unknown): Run["grid"] {
  const orNull = (_: string, each: unknown): unknown => (each === Number.POSITIVE_INFINITY ? null : each);
  return JSON.parse(JSON.stringify(value, orNull)) as Run["grid"];
}

/** What decides how a trial ends: two runs that agree in it have the same trials. */
function decisive({ program, seed, data, criterion, search, trialCount, grid, tooLarge }: Run): unknown {
  const { digest, eventCount, split, cut } = data;
  return {
    program,
    seed,
    data: { digest, eventCount, split, cut },
    criterion,
    search,
    trialCount,
    grid,
    tooLarge,
  };
}

/** In words, each on a line: where a training is not the run that it is to go on with. Empty where it is. */
export function findDifferences(before: Run, now: Run): string[] {
  return differences(decisive(before), decisive(now), []);
}

function differences(before: unknown, now: unknown, path: readonly string[]): string[] {
  const [one, other] = [JSON.stringify(before), JSON.stringify(now)];
  if (one === other) return [];
  if (isPlain(before) && isPlain(now)) {
    const names = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...names].flatMap((name) => differences(before[name], now[name], [...path, name]));
  }
  return [`${nameOf(path)}: ${shown(one)} in the run, ${shown(other)} now`];
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What people call it, by its path in `run.json`. */
const names: Readonly<Record<string, string>> = {
  "data digest": "the events",
  "data eventCount": "events",
  "data split": "split",
  "data cut": "the parts they are cut into",
  tooLarge: "trials too large for --memory",
  trialCount: "trials",
  program: "aisle's version",
};

function nameOf(path: readonly string[]): string {
  const [first, ...rest] = path;
  if (first === "grid") return rest.join(" ");
  if (first === "criterion") return `what validation chooses by (${rest.join(" ")})`;
  return names[path.join(" ")] ?? path.join(" ");
}

const shownMax = 100;

function shown(json: string | undefined): string {
  if (json === undefined) return "nothing";
  return json.length <= shownMax ? json : `${json.slice(0, shownMax)}…`;
}
