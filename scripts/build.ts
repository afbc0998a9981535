import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { buildKernels } from "./build-kernels.ts";

const root = new URL("..", import.meta.url).pathname;
const dist = `${root}dist`;

const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8")) as { version: string };

/** Everything that the package runs from: Node strips no types under `node_modules`, so nothing points at `src`. */
await buildKernels();
await rm(dist, { recursive: true, force: true });
await Promise.all([buildCommand(), buildLambda()]);

/** The CLI and its workers: one graph, split so that a command loads only what it needs. */
async function buildCommand(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: {
      cli: "src/cli/main.ts",
      "crew-worker": "src/training/crew-worker.ts",
      "trial-worker": "src/training/trial-worker.ts",
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
}

/** What the container holds: one minified file, and the metafile by which a test knows what it reaches. */
async function buildLambda(): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { gateway: "src/lambda/gateway.ts", check: "src/lambda/check.ts" },
    outdir: `${dist}/lambda`,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node24",
    // CommonJS dependencies inside an ES module still ask for `require`.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    metafile: true,
    logLevel: "warning",
  });
  await writeFile(`${dist}/lambda/meta.json`, JSON.stringify(metafile));
}
