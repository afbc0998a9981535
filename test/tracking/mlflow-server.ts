import { type Answer, type Got, jsonOf, Loopback } from "./loopback.ts";

interface Pair {
  readonly key: string;
  readonly value: string;
}

interface Metric {
  readonly key: string;
  readonly value: number;
  readonly step: number;
  readonly timestamp: number;
}

export interface KeptRun {
  readonly id: string;
  readonly title: string;
  status: string;
  readonly tags: Map<string, string>;
  readonly params: Map<string, string>;
  readonly metrics: Metric[];
}

/** A page that a run and its trials do not fit on. */
const pageSize = 3;

/** What MLflow does with the requests that are sent to it, its limits included; all else is answered 404. */
export class MlflowServer extends Loopback {
  readonly experiments = new Map<string, string>();
  readonly runs = new Map<string, KeptRun>();
  readonly files = new Map<string, string>();
  readonly models = new Set<string>();
  readonly versions: { name: string; version: string; run_id: string; source: string }[] = [];
  readonly aliases = new Map<string, string>();
  lifecycleStage = "active";
  artifactScheme = "mlflow-artifacts:/";

  constructor() {
    super((got) => this.#answer(got));
  }

  byTitle(title: string): KeptRun | undefined {
    return [...this.runs.values()].find((run) => run.title === title);
  }

  #answer(got: Got): Answer {
    const file = /^\/api\/2\.0\/mlflow-artifacts\/artifacts\/(.+)$/.exec(got.path);
    if (file && got.method === "PUT") {
      this.files.set(decodeURIComponent(file[1]), got.body.toString());
      return { json: {} };
    }
    const route = `${got.method} ${got.path.replace("/api/2.0/mlflow", "")}`;
    const body = got.method === "GET" ? {} : jsonOf(got);
    const handler = this.#routes[route];
    return handler ? handler(body, got) : { status: 404, text: `no such route: ${route}` };
  }

  // biome-ignore lint/suspicious/noExplicitAny: bodies are what a client makes them
  readonly #routes: Record<string, (body: any, got: Got) => Answer> = {
    "GET /experiments/get-by-name": (_, { query }) => {
      const id = this.experiments.get(query.get("experiment_name") ?? "");
      return id
        ? { json: { experiment: { experiment_id: id, lifecycle_stage: this.lifecycleStage } } }
        : missing();
    },
    "POST /experiments/create": ({ name }) => {
      if (this.experiments.has(name)) return refused("RESOURCE_ALREADY_EXISTS");
      this.experiments.set(name, String(this.experiments.size + 1));
      return { json: { experiment_id: this.experiments.get(name) } };
    },
    "POST /runs/search": ({ filter, page_token = "0" }) => {
      const [, run] = /^tags\.`aisle\.run` = '([^']+)'$/.exec(filter) ?? [];
      const found = [...this.runs.values()].filter(({ tags }) => tags.get("aisle.run") === run);
      const from = Number(page_token);
      const more = from + pageSize < found.length && { next_page_token: String(from + pageSize) };
      const runs = found.slice(from, from + pageSize).map((each) => this.#shown(each));
      return { json: { runs, ...more } };
    },
    "POST /runs/create": ({ experiment_id, run_name, start_time, tags }) => {
      if (!experiment_id || typeof start_time !== "number") return refused("INVALID_PARAMETER_VALUE");
      const id = `run${this.runs.size + 1}`;
      const made = { id, title: run_name, status: "RUNNING", params: new Map(), metrics: [] };
      this.runs.set(id, { ...made, tags: new Map(tags.map(({ key, value }: Pair) => [key, value])) });
      return { json: { run: this.#shown(this.runs.get(id) as KeptRun) } };
    },
    "GET /runs/get": (_, { query }) => {
      const run = this.runs.get(query.get("run_id") ?? "");
      return run ? { json: { run: this.#shown(run) } } : missing();
    },
    "POST /runs/log-batch": ({ run_id, metrics, params, tags }, { body }) => {
      const run = this.runs.get(run_id);
      if (!run) return missing();
      const count = metrics.length + params.length + tags.length;
      const isTooMuch = metrics.length > 1000 || params.length > 100 || tags.length > 100 || count > 1000;
      if (isTooMuch || body.length > 1_000_000) return refused("INVALID_PARAMETER_VALUE");
      const names = [...metrics, ...params, ...tags].map(({ key }: Pair) => key);
      if (!names.every((key) => /^[/\w.\- ]+$/.test(key))) return refused("INVALID_PARAMETER_VALUE");
      for (const { key, value } of params as Pair[]) {
        if (run.params.has(key) && run.params.get(key) !== value) return refused("INVALID_PARAMETER_VALUE");
        run.params.set(key, value);
      }
      for (const { key, value } of tags as Pair[]) run.tags.set(key, value);
      run.metrics.push(...metrics);
      return { json: {} };
    },
    "POST /runs/update": ({ run_id, status }) => {
      const run = this.runs.get(run_id);
      if (!run) return missing();
      run.status = status;
      return { json: { run_info: {} } };
    },
    "POST /registered-models/create": ({ name }) => {
      if (this.models.has(name)) return refused("RESOURCE_ALREADY_EXISTS");
      this.models.add(name);
      return { json: { registered_model: { name } } };
    },
    "GET /model-versions/search": (_, { query }) => {
      const [, id] = /^run_id = '([^']+)'$/.exec(query.get("filter") ?? "") ?? [];
      return { json: { model_versions: this.versions.filter(({ run_id }) => run_id === id) } };
    },
    "POST /model-versions/create": ({ name, source, run_id }) => {
      if (!this.models.has(name)) return missing();
      const made = { name, source, run_id, version: String(this.versions.length + 1) };
      this.versions.push(made);
      return { json: { model_version: made } };
    },
    "POST /registered-models/alias": ({ name, alias, version }) => {
      this.aliases.set(`${name}@${alias}`, version);
      return { json: {} };
    },
  };

  #shown({ id, tags, metrics }: KeptRun) {
    const last = new Map<string, Metric>();
    for (const each of metrics) if (each.step >= (last.get(each.key)?.step ?? 0)) last.set(each.key, each);
    return {
      info: { run_id: id, artifact_uri: `${this.artifactScheme}1/${id}/artifacts` },
      data: { tags: [...tags].map(([key, value]) => ({ key, value })), metrics: [...last.values()] },
    };
  }
}

function refused(error_code: string): Answer {
  return { status: 400, json: { error_code, message: `refused: ${error_code}` } };
}

function missing(): Answer {
  return { status: 404, json: { error_code: "RESOURCE_DOES_NOT_EXIST", message: "not there" } };
}
