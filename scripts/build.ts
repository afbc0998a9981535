import { execFile } from "node:child_process";
import { chmod, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";
import { shopConfigSchema } from "../src/init/shop-config.ts";
import { adminDeclarations } from "./admin-types.ts";
import { buildKernels } from "./build-kernels.ts";
import { contractDeclarations } from "./client-types.ts";
import { fromInstalledPackage, withStage } from "./init-files.ts";

const root = new URL("..", import.meta.url).pathname;
const dist = `${root}dist`;

const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8")) as { version: string };

/** zod re-exports its messages in fifty languages, half of what a start would load; ours are English. */
const onlyEnglish: Plugin = {
  name: "only-english",
  setup({ onResolve }) {
    onResolve({ filter: /\/locales\/index\.js$/ }, ({ path, importer }) =>
      /\/zod\/v4\//.test(importer) ? { path: join(dirname(importer), dirname(path), "en.js") } : undefined,
    );
  },
};

/** Everything that the package runs from: Node strips no types under `node_modules`, so nothing points at `src`. */
await buildKernels();
await rm(dist, { recursive: true, force: true });
await Promise.all([buildCommand(), buildLambda(), buildClient(), buildWeb(), gatherInitFiles()]);

/** The CLI and its workers: one graph, split so that a command loads only what it needs. */
async function buildCommand(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: {
      cli: "src/cli/main.ts",
      "crew-worker": "src/training/crew-worker.ts",
      "trial-worker": "src/training/trial-worker.ts",
      "batch-worker": "src/batch/batch-worker.ts",
      "checkpoint-worker": "src/activity/checkpoint-worker.ts",
    },
    outdir: dist,
    bundle: true,
    splitting: true,
    // Workers are found beside the module that starts them, so every chunk lies in the same folder.
    chunkNames: "[name]-[hash]",
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    sourcemap: true,
    define: { __AISLE_VERSION__: JSON.stringify(version) },
    logLevel: "warning",
  });
  await chmod(`${dist}/cli.js`, 0o755);
  // What runs elsewhere, on Spark, comes with the package all the same.
  await mkdir(`${dist}/spark`, { recursive: true });
  await cp(`${root}src/exchange/spark/als_job.py`, `${dist}/spark/als_job.py`);
}

/**
 * What the container holds: minified files, those that start-up does not need apart from the others, and the metafile
 * by which a test knows what is reached when. What trains shares no file with what serves, whose start it would slow.
 */
async function buildLambda(): Promise<void> {
  await buildHandlers("meta.json", "[name]-[hash]", {
    gateway: "src/lambda/gateway.ts",
    "stream-lines": "src/lambda/stream-lines.ts",
  });
  // What shoppers do not wait for shares its files, so that the image stays small.
  await buildHandlers("beside-meta.json", "beside-[name]-[hash]", {
    admin: "src/lambda/admin.ts",
    check: "src/lambda/check.ts",
    train: "src/lambda/train.ts",
    "crew-worker": "src/training/crew-worker.ts",
    "go-live": "src/lambda/go-live.ts",
  });
}

async function buildHandlers(
  metaName: string,
  chunkNames: string,
  entryPoints: Record<string, string>,
): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: `${dist}/lambda`,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    chunkNames,
    // The SDK's ES modules leave out what is not used; its CommonJS, which Node's platform prefers, does not.
    mainFields: ["module", "main"],
    minify: true,
    format: "esm",
    platform: "node",
    target: "node24",
    // CommonJS dependencies inside an ES module still ask for `require`.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    plugins: [onlyEnglish],
    define: { __AISLE_VERSION__: JSON.stringify(version) },
    metafile: true,
    logLevel: "warning",
  });
  await writeFile(`${dist}/lambda/${metaName}`, JSON.stringify(metafile));
}

/** `aisle/client`: one file for browsers and Node, and its declarations, which need no other package. */
async function buildClient(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { client: "src/client.ts" },
    outdir: dist,
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    logLevel: "warning",
  });
  const sources = `${dist}/client-sources`;
  const client = await readFile(`${root}src/client.ts`, "utf8");
  await mkdir(sources, { recursive: true });
  await writeFile(`${sources}/client.ts`, client.replaceAll("./http/contract.ts", "./client-contract.js"));
  await writeFile(`${sources}/client-contract.ts`, contractDeclarations());
  const flags =
    "--ignoreConfig --declaration --emitDeclarationOnly --strict --exactOptionalPropertyTypes --target es2022 " +
    "--lib es2022,dom --module nodenext --types";
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  const order = [tsc, ...flags.split(" "), "", "--outDir", dist, `${sources}/client.ts`];
  await promisify(execFile)(process.execPath, order).catch((error: { stdout?: string }) => {
    throw new Error(`the client's types: ${error.stdout}`);
  });
  await rm(sources, { recursive: true });
  // For the merchant's page only: nobody else is promised it.
  await writeFile(`${dist}/admin-contract.d.ts`, adminDeclarations());
}

/** The pages, static files that any server can hand out, in a process of its own so that the cores share the work. */
async function buildWeb(): Promise<void> {
  const order = [`${root}node_modules/vite/bin/vite.js`, "build", `${root}web`, "--logLevel", "warn"];
  // Whoever builds from within tests would else get React's development build, twice the size.
  const env = { ...process.env, NODE_ENV: "production" };
  await promisify(execFile)(process.execPath, order, { env }).catch(
    (error: { stdout?: string; stderr?: string }) => {
      throw new Error(`the pages: ${error.stderr}${error.stdout}`);
    },
  );
}

/** What `aisle init` writes into a shop's repository: this project's own files, so that the two never drift apart. */
async function gatherInitFiles(): Promise<void> {
  const to = `${dist}/init`;
  await mkdir(to, { recursive: true });
  await cp(`${root}src/init/templates`, to, { recursive: true });
  await cp(`${root}template.yaml`, `${to}/template.yaml`);
  const text = (name: string) => readFile(`${root}${name}`, "utf8");
  const shop = { name: "shop", private: true, type: "module", dependencies: { aisle: `^${version}` } };
  const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  await writeFile(`${to}/samconfig.toml`, withStage(await text("samconfig.toml")));
  await writeFile(`${to}/Dockerfile`, fromInstalledPackage(await text("Dockerfile")));
  await writeFile(`${to}/dockerignore`, fromInstalledPackage(await text(".dockerignore")));
  await writeFile(`${to}/package.json`, json(shop));
  await writeFile(`${to}/aisle.schema.json`, json(shopConfigSchema()));
}
