import { z } from "zod";
import { registerItem, registryName } from "./comet-models.ts";
import { type Ask, Rest, type RestSettings } from "./rest.ts";
import type { Attachment, Entry, Measurement, Registration, Tracker } from "./tracker.ts";

const experiments = z.object({
  experiments: z
    .array(z.object({ experimentKey: z.string(), experimentName: z.string().nullish() }))
    .default([]),
});
const created = z.object({ experimentKey: z.string() });
const account = z.object({ defaultWorkspaceName: z.string() });
const summaries = z.object({
  values: z.array(z.object({ name: z.string(), stepCurrent: z.number().nullish() })).default([]),
});

const api = "/api/rest/v2";
/** Comet takes one figure a request: so many names at once, the steps of each in order. */
const requestsAtOnce = 4;

/**
 * Comet's REST API, version 2. It knows no parents: a run and its trials are experiments of one project, named by
 * their titles and joined by the tag that names the run.
 */
export class CometTracker implements Tracker {
  readonly name = "comet";
  readonly location: string;
  readonly #rest: Rest;
  readonly #project: string;
  #workspace: string | undefined;

  constructor(settings: RestSettings, project: string, workspace: string | undefined) {
    this.#rest = new Rest(settings);
    this.#project = project;
    this.#workspace = workspace;
    this.location = `${settings.base} (${workspace ? `workspace ${workspace}, ` : ""}project ${project})`;
  }

  get answeredAt(): number {
    return this.#rest.answeredAt;
  }

  async find(run: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const query = { workspaceName: await this.#workspaceKnown(signal), projectName: this.#project };
    const projects = z.object({ projects: z.array(z.object({ projectName: z.string() })).default([]) });
    const known = await this.#get("/projects", { workspaceName: query.workspaceName }, projects, signal);
    // The project is made with its first experiment; to list one that is not there is an error.
    if (!known.projects.some(({ projectName }) => projectName === this.#project)) return new Map();
    const { experiments: found } = await this.#get("/experiments", query, experiments, signal);
    const named = found.map(
      ({ experimentName, experimentKey }) => [experimentName ?? "", experimentKey] as const,
    );
    return new Map(named.filter(([title]) => title === run || title.startsWith(`${run}/`)));
  }

  async create(entry: Entry, _parent: string | undefined, signal: AbortSignal): Promise<string> {
    const workspaceName = await this.#workspaceKnown(signal);
    const json = { workspaceName, projectName: this.#project, experimentName: entry.title };
    const path = `${api}/write/experiment/create`;
    const { experimentKey } = await this.#rest.ask({ method: "POST", path, json, signal }, created);
    return experimentKey;
  }

  async log(id: string, entry: Entry, isNew: boolean, signal: AbortSignal): Promise<void> {
    const steps = isNew ? new Map<string, number>() : await this.#lastSteps(id, signal);
    const fresh = entry.measurements.filter(({ name, step }) => step > (steps.get(name) ?? -1));
    const write = (what: string, json: object) => this.#write(id, what, json, signal);
    await inTurns([
      ...Object.entries(entry.params).map(
        ([parameterName, parameterValue]) =>
          () =>
            write("parameter", { parameterName, parameterValue }),
      ),
      ...Object.entries(entry.tags).map(
        ([key, value]) =>
          () =>
            write("log-other", { key, value }),
      ),
      ...byName(fresh).map((series) => async () => {
        for (const each of series) await write("metric", metricOf(each));
      }),
    ]);
    await write("tags", { addedTags: labelsOf(entry) });
    await write("set-start-end-time", {
      startTimeMillis: entry.startedAt,
      ...(entry.endedAt !== undefined && { endTimeMillis: entry.endedAt }),
    });
  }

  async attach(id: string, files: readonly Attachment[], signal: AbortSignal): Promise<void> {
    for (const file of files) await this.#upload(id, file, { type: "asset" }, signal);
  }

  async register(id: string, registration: Registration, signal: AbortSignal): Promise<string> {
    const name = registryName(registration.name);
    for (const file of await registration.files()) {
      await this.#upload(id, file, { type: "model-element", groupingName: name }, signal);
    }
    const workspace = await this.#workspaceKnown(signal);
    const ask = <T>(request: Omit<Ask, "signal">, schema: z.ZodType<T>) =>
      this.#rest.ask({ ...request, path: `${api}${request.path}`, signal }, schema);
    return registerItem(ask, { ...registration, name, experiment: id, workspace });
  }

  async #lastSteps(id: string, signal: AbortSignal): Promise<Map<string, number>> {
    const { values } = await this.#get(
      "/experiment/metrics/summary",
      { experimentKey: id },
      summaries,
      signal,
    );
    return new Map(values.map(({ name, stepCurrent }) => [name, stepCurrent ?? 0]));
  }

  async #upload(
    id: string,
    { path: fileName, bytes }: Attachment,
    more: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    const body = new FormData();
    body.append("file", new Blob([bytes]), fileName.split("/").at(-1));
    // Sent again, it takes the place of what was sent before.
    const query = { experimentKey: id, fileName, overwrite: "true", ...more };
    await this.#rest.send({
      method: "POST",
      path: `${api}/write/experiment/upload-asset`,
      query,
      body,
      signal,
    });
  }

  /** A key may write to its own workspace without naming it. */
  async #workspaceKnown(signal: AbortSignal): Promise<string> {
    this.#workspace ??= (await this.#get("/account-details", {}, account, signal)).defaultWorkspaceName;
    return this.#workspace;
  }

  async #write(id: string, what: string, json: object, signal: AbortSignal): Promise<void> {
    const path = `${api}/write/experiment/${what}`;
    await this.#rest.send({ method: "POST", path, json: { experimentKey: id, ...json }, signal });
  }

  #get<T>(
    path: string,
    query: Record<string, string>,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    return this.#rest.ask({ method: "GET", path: `${api}${path}`, query, signal }, schema);
  }
}

function byName(measurements: readonly Measurement[]): Measurement[][] {
  const series = new Map<string, Measurement[]>();
  for (const each of measurements) series.set(each.name, [...(series.get(each.name) ?? []), each]);
  return [...series.values()];
}

function metricOf({ name, value, step, at }: Measurement) {
  return { metricName: name, metricValue: value, step, timestamp: at };
}

/** What Comet calls tags: words without values. */
function labelsOf({ run, tags, trial }: Entry): string[] {
  const outcome = tags["aisle.outcome"];
  return [run, trial === undefined ? "sweep" : "trial", ...(outcome === undefined ? [] : [outcome])];
}

/** Runs the tasks, a few at once; ends at the first that fails, when those under way have ended. */
async function inTurns(tasks: readonly (() => Promise<unknown>)[]): Promise<void> {
  const waiting = tasks.values();
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (const task of waiting) {
      if (failure) return;
      await task().catch((error: unknown) => {
        failure ??= { error };
      });
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, worker));
  if (failure) throw failure.error;
}
