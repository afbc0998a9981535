import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

/** What each room may import from the others. Anyone may import `log`; `math` and `tensors` are the ground floor. */
const mayImport: Record<string, readonly string[]> = {
  math: [],
  tensors: [],
  tables: [],
  store: [],
  keys: [],
  log: [],
  config: [],
  version: [],
  kernel: [],
  interactions: ["math", "tables"],
  catalog: ["math", "tables", "tensors"],
  demo: ["math", "interactions", "catalog"],
  als: ["math", "kernel"],
  model: ["math", "tensors", "interactions", "catalog", "als", "kernel"],
  ranking: ["math", "interactions", "catalog", "model"],
  evaluation: ["math", "interactions", "catalog", "model", "ranking"],
  // A sweep on Lambda is told of by files in a store, and asks functions.
  training: ["math", "tensors", "interactions", "als", "model", "evaluation", "store", "functions"],
  registry: ["model", "store"],
  tracking: ["evaluation", "registry", "store"],
  activity: ["interactions"],
  serving: ["math", "interactions", "catalog", "model", "ranking", "registry", "activity"],
  http: ["serving", "activity", "keys"],
  // What a merchant sees and decides; its routes are a room beside the shop's own, which never loads them.
  admin: [
    ...["math", "catalog", "model", "evaluation", "promotion", "registry", "tracking"],
    ...["activity", "attribution", "serving"],
  ],
  "http/admin": ["http", "admin", "activity", "evaluation", "registry", "serving", "tracking"],
  client: ["http"],
  // Each entry wires what it serves from.
  init: [],
  cost: [],
  // Steps are commands; only where they lead is looked up.
  flow: ["init", "rollout"],
  attribution: ["math", "interactions", "activity", "tables"],
  shadow: ["math", "serving", "tables"],
  // What another program fitted is measured and released like what is fitted here.
  exchange: [
    ...["math", "tensors", "tables", "interactions", "als", "model"],
    ...["evaluation", "training", "pipeline"],
  ],
  batch: ["catalog", "model", "ranking", "registry", "serving", "tables"],
  report: ["evaluation", "model", "registry", "serving", "tracking"],
  functions: [],
  rollout: ["functions", "registry", "store"],
  // Four bundles that share nothing: what serves, what checks, what trains, what the merchant asks.
  lambda: [
    ...["http", "serving", "registry", "store", "keys", "config", "activity", "functions", "rollout"],
    ...["http/admin", "admin", "scheduled", "training", "version"],
  ],
  local: ["http", "http/admin", "admin"],
  pipeline: ["interactions", "evaluation", "training"],
  "training-order": ["als", "evaluation", "interactions", "pipeline", "training"],
  scheduled: [
    ...["interactions", "pipeline", "recording", "registry", "release", "rollout", "store", "tracking"],
    ...["training", "training-order"],
  ],
  retention: ["model", "registry", "store"],
  monitoring: ["evaluation", "interactions", "model", "registry"],
  recording: [...["interactions", "pipeline", "registry", "release"], ...["store", "tracking", "training"]],
  promotion: ["evaluation", "model", "ranking", "registry", "training"],
  release: [
    ...["catalog", "evaluation", "interactions", "model", "pipeline"],
    ...["promotion", "registry", "training"],
  ],
};

/** The only rooms in which a package may be named. */
const soleOwners: Record<string, readonly string[]> = {
  mathjs: ["interactions"],
  "csv-parse": ["tables"],
  hyparquet: ["tables"],
  "hyparquet-compressors": ["tables"],
  "hyparquet-writer": ["tables"],
  "node:worker_threads": ["training", "batch", "activity"],
  hono: ["http", "http/admin", "local", "lambda"],
  "@hono/zod-openapi": ["http", "http/admin"],
  "@hono/node-server": ["local"],
  "node:http": ["local", "store"],
  "node:https": ["store"],
  "@aws-sdk/client-s3": ["store"],
  "@aws-sdk/client-secrets-manager": ["keys"],
  "node:sqlite": ["activity"],
  "@aws-sdk/client-dynamodb": ["activity"],
  jose: ["http", "keys"],
  commander: ["cli"],
  "log-update": ["cli"],
  "smol-toml": ["cli"],
  "aws-lambda": ["lambda"],
  "@observablehq/plot": ["report"],
  linkedom: ["report"],
  "@aws-sdk/client-lambda": ["functions"],
  "@aws-sdk/client-cloudwatch": ["rollout"],
  "@aws-sdk/client-cloudformation": ["rollout"],
  "@aws-sdk/client-codedeploy": ["rollout"],
};

const source = new URL("../src", import.meta.url).pathname;

interface Import {
  readonly file: string;
  readonly target: string;
}

/** A file's room: its folder under src, or its own name where it lies in src itself. */
function roomOf(path: string): string {
  const [first, ...rest] = relative(source, path).split(sep);
  if (first === "http" && rest[0] === "admin") return "http/admin";
  return rest.length === 0 ? first.replace(/\.ts$/, "") : first;
}

/** Every module named in static imports, re-exports, dynamic imports and worker URLs; types count too. */
function importsOf(text: string): string[] {
  const named = /^\s*(?:import\s*|(?:import|export)\b[^;"']*?\bfrom\s*)["']([^"']+)["']/gm;
  const dynamic = /\bimport\(\s*["']([^"']+)["']\s*\)/g;
  return [...text.matchAll(named), ...text.matchAll(dynamic)].map((match) => match[1]);
}

/** What is left of a module's imports when its types are erased. */
function loadedBy(text: string): string[] {
  return importsOf(text.replace(/^(?:import|export) type\b[^;]*;/gm, ""));
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesUnder(path) : [path]))
    .filter((path) => path.endsWith(".ts") && !path.includes(`${sep}kernel${sep}`));
}

const imports: Import[] = filesUnder(source).flatMap((file) =>
  importsOf(readFileSync(file, "utf8")).map((target) => ({ file, target })),
);

describe("the map of the rooms", () => {
  it("reads every form of import", () => {
    const text = `import a from "a";\nimport type { B } from "./b.ts";\nexport { c } from "c";\nimport {\n  d,\n} from "d";\nawait import("e");\nimport "f";\nconst g = "from 'no'";`;
    expect(importsOf(text)).toEqual(["a", "./b.ts", "c", "d", "f", "e"]);
  });

  it("knows every room", () => {
    const rooms = new Set(filesUnder(source).map(roomOf));
    rooms.delete("cli");
    expect([...rooms].filter((room) => !(room in mayImport))).toEqual([]);
  });

  it("holds: imports point only where the map allows", () => {
    const wrong = imports.flatMap(({ file, target }) => {
      const from = roomOf(file);
      if (!target.startsWith(".") || from === "cli") return [];
      const to = roomOf(join(dirname(file), target));
      const allowed = to === from || to === "log" || mayImport[from]?.includes(to);
      return allowed ? [] : [`${relative(source, file)} imports ${target}`];
    });
    expect(wrong).toEqual([]);
  });

  it("holds: a package stays with its owner", () => {
    const wrong = imports.flatMap(({ file, target }) => {
      const owner = Object.keys(soleOwners).find((name) => target === name || target.startsWith(`${name}/`));
      return owner === undefined || soleOwners[owner].includes(roomOf(file))
        ? []
        : [`${relative(source, file)} imports ${target}, which belongs to ${soleOwners[owner]}`];
    });
    expect(wrong).toEqual([]);
  });

  it("holds: nobody imports the command line, and only entries read the environment", () => {
    const readers = filesUnder(source).filter((file) => /\bprocess\.env\b/.test(readFileSync(file, "utf8")));
    expect(readers.map((file) => relative(source, file)).filter((file) => file !== "config.ts")).toEqual([]);
    const wrong = imports.filter(
      ({ file, target }) =>
        roomOf(file) !== "cli" && target.startsWith(".") && roomOf(join(dirname(file), target)) === "cli",
    );
    expect(wrong).toEqual([]);
  });
});

describe("the bundle of the check before traffic", () => {
  it("reaches nothing that serves, and serving nothing of control planes", () => {
    const { outputs } = JSON.parse(
      readFileSync(new URL("../dist/lambda/beside-meta.json", import.meta.url), "utf8"),
    );
    const inputsOf = (path: string, seen = new Set<string>()): string[] => {
      if (seen.has(path) || !outputs[path]) return [];
      seen.add(path);
      const chunks = outputs[path].imports.flatMap((each: { path: string }) => inputsOf(each.path, seen));
      return [...Object.keys(outputs[path].inputs), ...chunks];
    };
    const check = inputsOf("dist/lambda/check.mjs");
    expect(check).toContain("src/rollout/hook.ts");
    expect(check.filter((input) => /^src\/(training|evaluation|cli|serving|http)\//.test(input))).toEqual([]);
    const served = inputsOf("dist/lambda/gateway.mjs");
    expect(
      served.filter((input) => /client-(lambda|codedeploy|cloudwatch|cloudformation)\//.test(input)),
    ).toEqual([]);
  });
});

/** Every file and package that a module loads, and those that these load. */
function reachedFrom(entry: string, imports: (text: string) => string[] = loadedBy): Set<string> {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    if (!file.startsWith(source)) return;
    for (const target of imports(readFileSync(file, "utf8"))) {
      visit(target.startsWith(".") ? join(dirname(file), target) : target);
    }
  };
  visit(join(source, entry));
  return reached;
}

describe("the plots of the report", () => {
  it("are loaded by nobody at once: only when a report is made", () => {
    const atOnce = (text: string): string[] => loadedBy(text.replace(/\bimport\([^)]*\)/g, ""));
    const reached = filesUnder(join(source, "cli")).flatMap((file) => [
      ...reachedFrom(file.slice(source.length + 1), atOnce),
    ]);
    expect(reached).toContain("commander");
    expect(reached.filter((target) => /plot|linkedom|\/report\/render/.test(target))).toEqual([]);
    expect(reachedFrom("cli/report.ts")).toContain("@observablehq/plot");
  });
});

describe("the bundle that trains", () => {
  const { outputs } = JSON.parse(
    readFileSync(new URL("../dist/lambda/beside-meta.json", import.meta.url), "utf8"),
  ) as Metafile;
  const reached = (path: string, kinds: readonly string[], seen = new Set<string>()): string[] => {
    if (seen.has(path) || !outputs[path]) return [];
    seen.add(path);
    const next = outputs[path].imports.filter(({ kind }) => kinds.includes(kind));
    return [...Object.keys(outputs[path].inputs), ...next.flatMap((each) => reached(each.path, kinds, seen))];
  };
  const atStart = (entry: string) => reached(`dist/lambda/${entry}.mjs`, ["import-statement"]);

  it("loads for a trial neither formula parser, tables, AWS's clients nor what serves", () => {
    const inputs = atStart("train");
    expect(inputs).toContain("src/training/trial-task.ts");
    const needless =
      /node_modules\/(mathjs|csv-parse|hyparquet|@aws-sdk|hono)\/|^src\/(tables|serving|http|rollout|cli|release)/;
    expect(inputs.filter((input) => needless.test(input))).toEqual([]);
  });

  it("gives only the last step what moves traffic", () => {
    const moves = /client-(codedeploy|cloudwatch|cloudformation)\/|^src\/rollout\//;
    const all = ["import-statement", "dynamic-import"];
    expect(reached("dist/lambda/train.mjs", all).filter((input) => moves.test(input))).toEqual([]);
    expect(atStart("go-live").filter((input) => moves.test(input))).not.toEqual([]);
    expect(atStart("go-live").filter((input) => /^src\/training\//.test(input))).toEqual([]);
  });

  it("shares no file with what serves", () => {
    const serving = JSON.parse(
      readFileSync(new URL("../dist/lambda/meta.json", import.meta.url), "utf8"),
    ) as Metafile;
    expect(Object.keys(outputs).filter((path) => path in serving.outputs)).toEqual([]);
  });
});

describe("the pages", () => {
  const web = new URL("../web/src", import.meta.url).pathname;
  const files = readdirSync(web, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.tsx?$/.test(name),
  );
  const targets = files.flatMap((file) =>
    importsOf(readFileSync(join(web, file), "utf8")).map((target) => ({ file, target })),
  );

  /** The page that only this machine's server has knows the types of what that server tells it. */
  const isStateOfStart = (file: string, target: string): boolean =>
    file.startsWith(`start${sep}`) && target.endsWith("/src/local/own-shop-state.ts");

  it("know of the server what its typed client says, and of each other nothing but what they share", () => {
    const folderOf = (path: string): string => (path.includes(sep) ? path.split(sep)[0] : "");
    const wrong = targets.filter(({ file, target }) => {
      if (!target.startsWith(".")) return false;
      const to = relative(web, join(web, dirname(file), target));
      const [from, into] = [folderOf(file), folderOf(to)];
      const isMerchants = from === "merchant" || into === "merchant";
      if (isStateOfStart(file, target)) return false;
      return to.startsWith("..") || (isMerchants && into !== "" && from !== into);
    });
    expect(wrong).toEqual([]);
    const importers = targets.filter(({ target }) => target === "aisle/client").map(({ file }) => file);
    expect([...new Set(importers)].sort()).toEqual([
      ...["inside/inside-client.ts", "shop-client.ts", "shop/early.ts"],
    ]);
    const loaded = files.flatMap((file) => loadedBy(readFileSync(join(web, file), "utf8")));
    expect(loaded.filter((target) => target.includes("/src/"))).toEqual([]);
    expect(imports.filter(({ target }) => target.includes("/web/"))).toEqual([]);
  });

  it("search with one library, and load it only for those who search", () => {
    const loading = targets.filter(({ target }) => target === "minisearch").map(({ file }) => file);
    expect(new Set(loading)).toEqual(new Set(["shop/search-index.ts"]));
    expect(loadedBy(readFileSync(join(web, "shop/search-index.ts"), "utf8"))).toContain("minisearch");
  });
});

describe("a trial's thread", () => {
  it("loads no formula parser: the formula comes to it compiled", () => {
    const reached = reachedFrom("training/trial-worker.ts");
    expect(reached).toContain(join(source, "interactions/aggregate.ts"));
    expect([...reached].filter((target) => /mathjs|confidence\.ts|commander|csv-parse/.test(target))).toEqual(
      [],
    );
  });
});

describe("the client", () => {
  it("loads nothing: it knows the contract by its types only", () => {
    expect(loadedBy(readFileSync(join(source, "client.ts"), "utf8"))).toEqual([]);
  });

  it("is one small file, whose types need no other package", () => {
    const dist = new URL("../dist/", import.meta.url).pathname;
    const script = readFileSync(`${dist}client.js`);
    expect(importsOf(script.toString())).toEqual([]);
    expect(gzipSync(script).byteLength).toBeLessThanOrEqual(2048);
    const types = ["client.d.ts", "client-contract.d.ts"].map((name) => readFileSync(dist + name, "utf8"));
    expect(types.flatMap(importsOf).filter((target) => target !== "./client-contract.js")).toEqual([]);
    expect(types.join("")).not.toMatch(/: any\b/);
  });
});

describe("the serving bundle", () => {
  const meta = () =>
    JSON.parse(readFileSync(new URL("../dist/lambda/meta.json", import.meta.url), "utf8")) as Metafile;

  it("reaches no training code", () => {
    const reached = Object.keys(meta().inputs).filter((input) =>
      /^src\/(training|evaluation|cli|demo|pipeline|release|tables\/(?!bad-rows|cells|columns)|als\/(train|kernel|readable|spectral|crew)|kernel\/built\/solver)|node_modules\/(mathjs|commander|csv-parse|hyparquet)\//.test(
        input,
      ),
    );
    expect(reached).toEqual([]);
  });

  it("starts within its budget and without AWS's clients, which only those load who need them", () => {
    const { outputs } = meta();
    const atStart = new Set<string>();
    const visit = (path: string): void => {
      if (atStart.has(path) || !outputs[path]) return;
      atStart.add(path);
      for (const { path: next, kind } of outputs[path].imports) if (kind === "import-statement") visit(next);
    };
    visit("dist/lambda/gateway.mjs");
    const sdk = [...atStart].flatMap((path) =>
      Object.keys(outputs[path].inputs).filter((input) => /node_modules\/@(aws-sdk|smithy)\//.test(input)),
    );
    expect(sdk).toEqual([]);
    const bytes = [...atStart].reduce((sum, path) => sum + outputs[path].bytes, 0);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThanOrEqual(600_000);
    // All of it lies in one image, of which 3 MB are added to the base at most.
    const beside = JSON.parse(
      readFileSync(new URL("../dist/lambda/beside-meta.json", import.meta.url), "utf8"),
    ) as Metafile;
    const whole = [outputs, beside.outputs].flatMap(Object.values<Metafile["outputs"][string]>);
    expect(whole.reduce((sum, output) => sum + output.bytes, 0)).toBeLessThanOrEqual(3_000_000);
  });
});

describe("the bundle of the merchant's routes", () => {
  it("is apart from what serves, and reaches neither trainers nor parsers nor the command line", () => {
    const read = (name: string) =>
      JSON.parse(readFileSync(new URL(`../dist/lambda/${name}`, import.meta.url), "utf8")) as Metafile;
    const { outputs } = read("beside-meta.json");
    const inputs = new Set<string>();
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path) || !outputs[path]) return;
      seen.add(path);
      for (const input of Object.keys(outputs[path].inputs)) inputs.add(input);
      for (const next of outputs[path].imports) visit(next.path);
    };
    visit("dist/lambda/admin.mjs");
    expect(inputs).toContain("src/promotion.ts");
    const needless =
      /^src\/(cli|demo|pipeline|release|training\/(crew|trial|sweep|fit))|node_modules\/(mathjs|commander|csv-parse|hyparquet)\//;
    expect([...inputs].filter((input) => needless.test(input))).toEqual([]);
    expect(Object.keys(read("meta.json").inputs).filter((input) => /(^|\/)admin\//.test(input))).toEqual([]);
  });
});

interface Metafile {
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<
    string,
    {
      readonly bytes: number;
      readonly inputs: Record<string, unknown>;
      readonly imports: readonly { readonly path: string; readonly kind: string }[];
    }
  >;
}
