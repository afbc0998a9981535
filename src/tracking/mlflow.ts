import { z } from "zod";
import { batchesOf } from "./mlflow-batches.ts";
import { registerVersion } from "./mlflow-models.ts";
import { type Ask, Rest, type RestSettings, unless } from "./rest.ts";
import { type Attachment, type Entry, type Registration, type Tracker, TrackerError } from "./tracker.ts";

const tag = z.object({ key: z.string(), value: z.string() });
const runSchema = z.object({
  info: z.object({ run_id: z.string(), artifact_uri: z.string().optional() }),
  data: z
    .object({
      metrics: z.array(z.object({ key: z.string(), step: z.coerce.number().default(0) })).default([]),
      tags: z.array(tag).default([]),
    })
    .default({ metrics: [], tags: [] }),
});
const oneRun = z.object({ run: runSchema });
const someRuns = z.object({ runs: z.array(runSchema).default([]), next_page_token: z.string().optional() });
const oneExperiment = z.object({
  experiment: z.object({ experiment_id: z.string(), lifecycle_stage: z.string().optional() }),
});

const api = "/api/2.0/mlflow";
const titleTag = "aisle.title";
const statuses = { running: "RUNNING", finished: "FINISHED", failed: "FAILED" } as const;
const proxyScheme = "mlflow-artifacts:/";

/** MLflow's tracking server and model registry, by its REST API. A trial is a child of its run. */
export class MlflowTracker implements Tracker {
  readonly name = "mlflow";
  readonly location: string;
  readonly #rest: Rest;
  readonly #experiment: string;
  #experimentId: string | undefined;

  constructor(settings: RestSettings, experiment: string) {
    this.#rest = new Rest(settings);
    this.#experiment = experiment;
    this.location = `${settings.base} (experiment ${experiment})`;
  }

  get answeredAt(): number {
    return this.#rest.answeredAt;
  }

  async find(run: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const experiment = await this.#experimentKnown(signal);
    const found = new Map<string, string>();
    let page: string | undefined;
    do {
      const json = {
        experiment_ids: [experiment],
        filter: `tags.\`aisle.run\` = '${run}'`,
        max_results: 1000,
        ...(page && { page_token: page }),
      };
      const answer = await this.#post("/runs/search", json, someRuns, signal);
      for (const { info, data } of answer.runs) {
        const title = data.tags.find(({ key }) => key === titleTag)?.value;
        if (title !== undefined) found.set(title, info.run_id);
      }
      page = answer.next_page_token;
    } while (page);
    return found;
  }

  async create(entry: Entry, parent: string | undefined, signal: AbortSignal): Promise<string> {
    // With these from the start, an entry whose answer is lost is found again.
    const tags = {
      [titleTag]: entry.title,
      "aisle.run": entry.run,
      "mlflow.user": entry.tags["aisle.who"] ?? "aisle",
      "mlflow.source.name": "aisle train",
      ...(parent !== undefined && { "mlflow.parentRunId": parent }),
    };
    const json = {
      experiment_id: await this.#experimentKnown(signal),
      run_name: entry.title,
      start_time: entry.startedAt,
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    };
    const { run } = await this.#post("/runs/create", json, oneRun, signal);
    return run.info.run_id;
  }

  async log(id: string, entry: Entry, isNew: boolean, signal: AbortSignal): Promise<void> {
    const steps = isNew ? new Map<string, number>() : await this.#lastSteps(id, signal);
    const measurements = entry.measurements.filter(({ name, step }) => step > (steps.get(name) ?? -1));
    for (const batch of batchesOf({ ...entry, measurements })) {
      await this.#post("/runs/log-batch", { run_id: id, ...batch }, z.unknown(), signal);
    }
    const ended = entry.endedAt === undefined ? {} : { end_time: entry.endedAt };
    await this.#post(
      "/runs/update",
      { run_id: id, status: statuses[entry.status], ...ended },
      z.unknown(),
      signal,
    );
  }

  async attach(id: string, files: readonly Attachment[], signal: AbortSignal): Promise<void> {
    const folder = await this.#proxied(id, signal);
    // Where the server hands out addresses of another store, its keys would be needed: the registry has the files.
    if (folder === undefined) return;
    for (const { path, bytes } of files) {
      const address = `/api/2.0/mlflow-artifacts/artifacts/${folder}/${path}`;
      await this.#rest.send({ method: "PUT", path: address, body: bytes, signal });
    }
  }

  async register(id: string, registration: Registration, signal: AbortSignal): Promise<string> {
    await this.attach(id, await registration.files(), signal);
    const { run } = await this.#run(id, signal);
    const ask = <T>(request: Omit<Ask, "signal">, schema: z.ZodType<T>) =>
      this.#rest.ask({ ...request, path: `${api}${request.path}`, signal }, schema);
    return registerVersion(ask, {
      ...registration,
      run: id,
      source: `${run.info.artifact_uri ?? `runs:/${id}`}/model`,
    });
  }

  /** The steps are logged in order, so that the last one of a name says that those before it are there. */
  async #lastSteps(id: string, signal: AbortSignal): Promise<Map<string, number>> {
    const { run } = await this.#run(id, signal);
    return new Map(run.data.metrics.map(({ key, step }) => [key, step]));
  }

  /** The part of the address under which the server itself takes a run's files; undefined where it takes none. */
  async #proxied(id: string, signal: AbortSignal): Promise<string | undefined> {
    const { run } = await this.#run(id, signal);
    const { artifact_uri: uri } = run.info;
    return uri?.startsWith(proxyScheme) && !uri.startsWith(`${proxyScheme}/`)
      ? uri.slice(proxyScheme.length).split("/").map(encodeURIComponent).join("/")
      : undefined;
  }

  #run(id: string, signal: AbortSignal) {
    return this.#rest.ask({ method: "GET", path: `${api}/runs/get`, query: { run_id: id }, signal }, oneRun);
  }

  async #experimentKnown(signal: AbortSignal): Promise<string> {
    this.#experimentId ??= (await this.#experimentThere(signal)) ?? (await this.#experimentMade(signal));
    return this.#experimentId;
  }

  async #experimentThere(signal: AbortSignal): Promise<string | undefined> {
    const query = { experiment_name: this.#experiment };
    const ask: Ask = { method: "GET", path: `${api}/experiments/get-by-name`, query, signal };
    const found = await this.#rest.ask(ask, oneExperiment).catch(unless("RESOURCE_DOES_NOT_EXIST"));
    if (found?.experiment.lifecycle_stage === "deleted") {
      throw new TrackerError(
        `the experiment ${this.#experiment} was deleted in MLflow: restore it there, or name another one by MLFLOW_EXPERIMENT_NAME`,
        "denied",
      );
    }
    return found?.experiment.experiment_id;
  }

  async #experimentMade(signal: AbortSignal): Promise<string> {
    const made = await this.#post(
      "/experiments/create",
      { name: this.#experiment },
      z.object({ experiment_id: z.string() }),
      signal,
    ).catch(unless("RESOURCE_ALREADY_EXISTS"));
    // Somebody else was faster.
    const id = made?.experiment_id ?? (await this.#experimentThere(signal));
    if (id === undefined)
      throw new TrackerError(`MLflow neither has nor makes ${this.#experiment}`, "passing");
    return id;
  }

  #post<T>(path: string, json: unknown, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    return this.#rest.ask({ method: "POST", path: `${api}${path}`, json, signal }, schema);
  }
}
