import type { Run, RunResult, TrialRecord } from "./record.ts";
import type { Entry, Measurement } from "./tracker.ts";

type Figure = TrialRecord["iterations"][number]["value"];
type Figures = Readonly<Record<string, Figure>>;

/** What a run set out to do; with its result, also what came of it. */
export function runEntry(run: Run, result?: RunResult): Entry {
  const startedAt = Date.parse(run.createdAt);
  const endedAt = result && Date.parse(result.endedAt);
  return {
    title: run.run,
    run: run.run,
    startedAt,
    ...(endedAt !== undefined && { endedAt }),
    status: result ? "finished" : "running",
    params: {
      ...flatten({
        seed: run.seed,
        search: run.search,
        trialCount: run.trialCount,
        criterion: run.criterion,
      }),
      ...flatten({ data: run.data }),
      ...flatten(sizesOf(run)),
      ...(result && flatten({ chosen: result.recipe })),
    },
    tags: { ...commonTags(run), "aisle.kind": "sweep", ...(result && resultTags(result)) },
    measurements: result && endedAt !== undefined ? resultMeasurements(result, endedAt) : [],
  };
}

/** One trial, as its record tells it. */
export function trialEntry(run: Run, trial: TrialRecord): Entry {
  const startedAt = Date.parse(trial.startedAt);
  const endedAt = startedAt + Math.round(trial.seconds * 1000);
  return {
    title: trialTitle(run.run, trial.trial),
    run: run.run,
    trial: trial.trial,
    startedAt,
    endedAt,
    status: trial.outcome === "failed" ? "failed" : "finished",
    params: flatten(trial.recipe),
    tags: {
      ...commonTags(run),
      "aisle.kind": "trial",
      "aisle.trial": String(trial.trial),
      "aisle.outcome": trial.outcome,
      ...(trial.fellOutAt && { "aisle.fell_out_at": JSON.stringify(trial.fellOutAt) }),
      ...(trial.error !== undefined && { "aisle.error": trial.error.slice(0, 1000) }),
    },
    measurements: trialMeasurements(run, trial, { startedAt, endedAt }),
  };
}

export function trialTitle(run: string, trial: number): string {
  return `${run}/${String(trial).padStart(4, "0")}`;
}

function commonTags({ run, who, program, data }: Run): Record<string, string> {
  return { "aisle.run": run, "aisle.who": who, "aisle.version": program, "aisle.data.digest": data.digest };
}

function resultTags({ model, trial, gate }: RunResult): Record<string, string> {
  return {
    "aisle.model": model,
    ...(trial !== undefined && { "aisle.chosen_trial": String(trial) }),
    ...(gate && {
      "aisle.channel": gate.channel,
      "aisle.gate": gate.decision,
      "aisle.gate.reason": gate.reason,
    }),
  };
}

function sizesOf({ profile }: Run): unknown {
  if (!profile) return {};
  const { userCount, itemCount, pairCount, repeatShare } = profile;
  return { data: { userCount, itemCount, pairCount, repeatShare } };
}

function trialMeasurements(
  { criterion }: Run,
  { iterations, best, seconds, peakMemoryBytes }: TrialRecord,
  { startedAt, endedAt }: { readonly startedAt: number; readonly endedAt: number },
): Measurement[] {
  const metric = `${criterion.task === "new" ? "new/" : ""}${nameOf(criterion.metric, criterion.k)}`;
  const steps = iterations.flatMap((each) => {
    const point = { step: each.iteration, at: startedAt + Math.round(each.seconds * 1000) };
    return [
      { name: "loss", value: each.loss, ...point },
      { name: "seconds", value: each.seconds, ...point },
      ...spread(`validation/${metric}`, each.value, point),
    ];
  });
  const end = { step: 0, at: endedAt };
  return finite([
    ...steps,
    ...(best ? [{ name: "best/iteration", value: best.iteration, ...end }] : []),
    ...(best ? spread(`best/${metric}`, best.value, end) : []),
    { name: "trial_seconds", value: seconds, ...end },
    ...(peakMemoryBytes === undefined ? [] : [{ name: "peak_memory_bytes", value: peakMemoryBytes, ...end }]),
  ]);
}

function resultMeasurements(result: RunResult, at: number): Measurement[] {
  const end = { step: 0, at };
  const of = (prefix: string, figures: Figures | undefined): Measurement[] =>
    Object.entries(figures ?? {}).flatMap(([name, figure]) =>
      spread(`${prefix}/${nameOf(name)}`, figure, end),
    );
  const both = (prefix: string, tasks: RunResult["metrics"]): Measurement[] => [
    ...of(prefix, tasks?.all),
    ...of(`${prefix}/new`, tasks?.new),
  ];
  return finite([
    ...both("test", result.metrics),
    ...Object.entries(result.baselines).flatMap(([slug, tasks]) => both(`baseline/${nameOf(slug)}`, tasks)),
    { name: "run_seconds", value: result.seconds, ...end },
  ]);
}

/** A figure, and beside it the ends of its interval where it has one. */
function spread(
  name: string,
  figure: Figure,
  point: { readonly step: number; readonly at: number },
): Measurement[] {
  if (typeof figure === "number") return [{ name, value: figure, ...point }];
  const { value, low, high } = figure;
  return [
    { name, value, ...point },
    { name: `${name}_low`, value: low, ...point },
    { name: `${name}_high`, value: high, ...point },
  ];
}

/** JSON has no NaN, and no tracker a use for one. */
function finite(measurements: Measurement[]): Measurement[] {
  return measurements.filter(({ value }) => Number.isFinite(value));
}

/** `ndcg@10` → `ndcg_at_10`, as MLflow's own evaluator writes it: an @ is allowed in no name there. */
function nameOf(metric: string, k?: number): string {
  const whole = k === undefined || metric.includes("@") ? metric : `${metric}@${k}`;
  return whole.replaceAll("@", "_at_").replaceAll(/[^\w.-]/g, "_");
}

/** `{als: {factors: 64}}` → `{"als.factors": "64"}`; lists as JSON. */
export function flatten(value: unknown, prefix = ""): Record<string, string> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return prefix === "" || value === undefined
      ? {}
      : { [prefix]: typeof value === "string" ? value : JSON.stringify(value) };
  }
  const fields = Object.entries(value).map(([name, field]) =>
    flatten(field, `${prefix && `${prefix}.`}${name.replaceAll(/[^\w.-]/g, "_")}`),
  );
  return Object.assign({}, ...fields);
}
