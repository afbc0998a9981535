import { type Answer, type Got, jsonOf, Loopback } from "./loopback.ts";

interface Experiment {
  readonly key: string;
  readonly name: string;
  readonly params: Map<string, string>;
  readonly others: Map<string, string>;
  readonly tags: Set<string>;
  readonly metrics: { name: string; value: number; step: number }[];
  readonly assets: { fileName: string; type: string; groupingName: string | null; text: string }[];
  times?: Record<string, unknown>;
}

interface Item {
  readonly registryModelItemId: string;
  readonly version: string;
  readonly comment: string;
  stages: string[];
}

/** A body's fields: a name that ends in ? may be left out. Anything else in it is answered 400. */
type Fields = Readonly<Record<string, "string" | "number" | "boolean" | "list">>;

const bodies: Record<string, Fields> = {
  "/write/experiment/create": { workspaceName: "string", projectName: "string", "experimentName?": "string" },
  "/write/experiment/parameter": {
    experimentKey: "string",
    parameterName: "string",
    parameterValue: "string",
  },
  "/write/experiment/metric": {
    ...{ experimentKey: "string", metricName: "string", metricValue: "number" },
    ...{ "step?": "number", "timestamp?": "number" },
  },
  "/write/experiment/log-other": { experimentKey: "string", key: "string", value: "string" },
  "/write/experiment/tags": { experimentKey: "string", addedTags: "list" },
  "/write/experiment/set-start-end-time": {
    ...{ experimentKey: "string", "startTimeMillis?": "number", "endTimeMillis?": "number" },
  },
  "/write/registry-model": {
    ...{ experimentModelId: "string", registryModelName: "string", version: "string" },
    ...{ "description?": "string", "isPublic?": "boolean", "comment?": "string", "stages?": "list" },
  },
  "/write/registry-model/item": {
    ...{ experimentModelId: "string", registryModelName: "string", version: "string" },
    ...{ "comment?": "string", "stages?": "list" },
  },
};

/**
 * Comet's REST API as docs/trackers.md says where it is recorded: method, path, the bare key, and each field of each
 * body are looked at; all else is refused.
 */
export class CometServer extends Loopback {
  readonly experiments = new Map<string, Experiment>();
  readonly registered = new Map<string, Item[]>();

  readonly key: string;

  constructor(key: string) {
    super((got) => this.#answer(got));
    this.key = key;
  }

  byName(name: string): Experiment | undefined {
    return [...this.experiments.values()].find((each) => each.name === name);
  }

  #answer(got: Got): Answer {
    if (got.headers.authorization !== this.key)
      return { status: 401, json: { msg: "Invalid API key", code: 401 } };
    const path = got.path.replace("/api/rest/v2", "");
    const handler = this.#routes[`${got.method} ${path}`];
    if (!got.path.startsWith("/api/rest/v2/") || !handler)
      return { status: 404, json: { msg: "No such endpoint" } };
    const fields = bodies[path];
    if (!fields) return handler({}, got);
    if (got.headers["content-type"] !== "application/json") return bad("expected application/json");
    const body = jsonOf(got);
    const wrong = faultOf(body, fields);
    return wrong === undefined ? handler(body, got) : bad(wrong);
  }

  // biome-ignore lint/suspicious/noExplicitAny: the fields have been looked at
  readonly #routes: Record<string, (body: any, got: Got) => Answer> = {
    "GET /account-details": () => ({ json: { userName: "ada", defaultWorkspaceName: "ada" } }),
    "GET /projects": () => ({
      json: { projects: this.experiments.size > 0 ? [{ projectName: "aisle", projectId: "p1" }] : [] },
    }),
    "GET /experiments": (_, { query }) => {
      if (!query.get("workspaceName") || !query.get("projectName"))
        return bad("workspaceName and projectName");
      const found = [...this.experiments.values()];
      return {
        json: { experiments: found.map(({ key, name }) => ({ experimentKey: key, experimentName: name })) },
      };
    },
    "POST /write/experiment/create": ({ experimentName: name, workspaceName, projectName }) => {
      const key = `exp${this.experiments.size + 1}`;
      const empty = {
        params: new Map(),
        others: new Map(),
        tags: new Set<string>(),
        metrics: [],
        assets: [],
      };
      this.experiments.set(key, { key, name, ...empty });
      return { json: { experimentKey: key, workspaceName, projectName, link: `${this.address}/${key}` } };
    },
    "POST /write/experiment/parameter": (body) =>
      this.#on(body.experimentKey, ({ params }) => params.set(body.parameterName, body.parameterValue)),
    "POST /write/experiment/metric": (body) =>
      this.#on(body.experimentKey, ({ metrics }) =>
        metrics.push({ name: body.metricName, value: body.metricValue, step: body.step }),
      ),
    "POST /write/experiment/log-other": (body) =>
      this.#on(body.experimentKey, ({ others }) => others.set(body.key, body.value)),
    "POST /write/experiment/tags": (body) =>
      this.#on(body.experimentKey, ({ tags }) => body.addedTags.map((tag: string) => tags.add(tag))),
    "POST /write/experiment/set-start-end-time": ({ experimentKey, ...times }) =>
      this.#on(experimentKey, (experiment) => {
        experiment.times = times;
      }),
    "POST /write/experiment/upload-asset": (_, got) => this.#upload(got),
    "GET /experiment/metrics/summary": (_, { query }) => {
      const metrics = this.experiments.get(query.get("experimentKey") ?? "")?.metrics ?? [];
      const last = new Map(metrics.map(({ name, step }) => [name, step]));
      return { json: { values: [...last].map(([name, stepCurrent]) => ({ name, stepCurrent })) } };
    },
    "GET /experiment/model": (_, { query }) => {
      const key = query.get("experimentKey") ?? "";
      const parts = this.experiments.get(key)?.assets.filter(({ type }) => type === "model-element") ?? [];
      const names = [...new Set(parts.map(({ groupingName }) => groupingName))];
      const models = names.map((modelName) => ({
        experimentModelId: `${key}-model`,
        experimentKey: key,
        modelName,
      }));
      return { json: { models } };
    },
    "GET /registry-model": () => ({
      json: { registryModels: [...this.registered.keys()].map((modelName) => ({ modelName })) },
    }),
    "GET /registry-model/details": (_, { query }) => ({
      json: { versions: this.registered.get(query.get("modelName") ?? "") ?? [] },
    }),
    "POST /write/registry-model": (body) =>
      this.#register(body, !this.registered.has(body.registryModelName)),
    "POST /write/registry-model/item": (body) =>
      this.#register(body, this.registered.has(body.registryModelName)),
    "GET /write/registry-model/item/stage": (_, got) =>
      this.#stage(got, (item, stage) => item.stages.push(stage)),
    "GET /write/registry-model/item/stage/delete": (_, got) =>
      this.#stage(got, (item, stage) => {
        item.stages = item.stages.filter((each) => each !== stage);
      }),
  };

  #on(key: string, work: (experiment: Experiment) => unknown): Answer {
    const experiment = this.experiments.get(key);
    if (!experiment) return bad("no such experiment");
    work(experiment);
    return { json: { msg: "Saved" } };
  }

  #upload({ query, headers, body }: Got): Answer {
    const [, boundary] = /^multipart\/form-data; boundary=(.+)$/.exec(headers["content-type"] ?? "") ?? [];
    const text = body.toString();
    const part = /name="file"; filename="[^"]+"\r\n.*?\r\n\r\n(.*?)\r\n--/s.exec(text);
    if (!boundary || !part) return bad("expected a form with a file");
    const [fileName, type] = [query.get("fileName"), query.get("type")];
    if (!fileName || !type) return bad("fileName and type");
    return this.#on(query.get("experimentKey") ?? "", (experiment) => {
      const before = experiment.assets.findIndex((each) => each.fileName === fileName);
      if (before >= 0 && query.get("overwrite") === "true") experiment.assets.splice(before, 1);
      experiment.assets.push({ fileName, type, groupingName: query.get("groupingName"), text: part[1] });
    });
  }

  #register(
    body: { registryModelName: string; version: string; comment: string; stages: string[] },
    isAllowed: boolean,
  ): Answer {
    if (!isAllowed) return bad("a model is made once, its versions are added");
    if (!/^[a-z0-9-]+$/.test(body.registryModelName)) return bad("registryModelName");
    const items = this.registered.get(body.registryModelName) ?? [];
    const isTaken = items.some(({ version }) => version === body.version);
    if (isTaken || !/^\d+\.\d+\.\d+$/.test(body.version)) return bad("version");
    const { version, comment, stages } = body;
    items.push({
      registryModelItemId: `${body.registryModelName}-${version}`,
      version,
      comment,
      stages: [...stages],
    });
    this.registered.set(body.registryModelName, items);
    return { json: { registryModelId: "m1" } };
  }

  #stage({ query }: Got, work: (item: Item, stage: string) => unknown): Answer {
    const all = [...this.registered.values()].flat();
    const item = all.find(({ registryModelItemId }) => registryModelItemId === query.get("modelItemId"));
    if (!item) return bad("no such item");
    work(item, query.get("stage") ?? "");
    return { json: "default response" };
  }
}

function faultOf(body: Record<string, unknown>, fields: Fields): string | undefined {
  const named = Object.entries(fields).map(
    ([name, kind]) => [name.replace("?", ""), kind, name.endsWith("?")] as const,
  );
  for (const [name, kind, isOptional] of named) {
    if (body[name] === undefined && isOptional) continue;
    const found = Array.isArray(body[name]) ? "list" : typeof body[name];
    if (found !== kind) return `${name} must be a ${kind}, not ${found}`;
  }
  return Object.keys(body).find((name) => !named.some(([known]) => known === name));
}

function bad(msg: string): Answer {
  return { status: 400, json: { msg, code: 400, sdk_error_code: 0 } };
}
