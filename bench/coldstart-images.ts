import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, cp, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { docker } from "./emulator.ts";

const run = promisify(execFile);
const root = new URL("..", import.meta.url).pathname;
const peers = new URL("peers/coldstart/", import.meta.url).pathname;

export interface Image {
  readonly tag: string;
  /** what it adds to its base */
  readonly addedBytes: number;
}

export interface Images {
  readonly ours: Image;
  readonly bare: Image;
  readonly seed: Image;
  /** where the seed's Python packages lie on this machine */
  readonly packages: string;
}

/** Everyone's image: ours and the bare one on Lambda's Node, the seed's on Lambda's Python. */
export async function makeImages(): Promise<Images> {
  const { BASE_IMAGE: base = "public.ecr.aws/lambda/nodejs:24", PYTHON_BASE_IMAGE } = process.env;
  const pythonBase = PYTHON_BASE_IMAGE ?? "local/lambda-python";
  if (PYTHON_BASE_IMAGE === undefined) await run(`${peers}python-base.sh`, [pythonBase]);
  const folder = await mkdtemp(join(tmpdir(), "aisle-coldstart-"));
  try {
    await bundleBare(folder);
    const packages = await installSeed();
    const seedFolder = join(folder, "seed");
    await mkdir(seedFolder);
    await cp(`${peers}seed.py`, join(seedFolder, "seed.py"));
    await cp(await openMp(), join(seedFolder, "libgomp.so.1"), { dereference: true });
    // With their times, by which Python knows that compiled modules are up to date.
    await cp(packages, join(seedFolder, "packages"), { recursive: true, preserveTimestamps: true });
    return {
      ours: await image({ tag: "aisle-bench/ours", base, context: root, file: `${root}Dockerfile` }),
      bare: await image({ tag: "aisle-bench/bare", base, context: folder, file: `${peers}bare.Dockerfile` }),
      seed: await image({
        ...{
          tag: "aisle-bench/seed",
          base: pythonBase,
          context: seedFolder,
          file: `${peers}seed.Dockerfile`,
        },
      }),
      packages,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** As our own handler is bundled. */
async function bundleBare(folder: string): Promise<void> {
  await build({
    ...{ entryPoints: [`${peers}bare.mjs`], outfile: join(folder, "bare.mjs"), absWorkingDir: root },
    ...{ bundle: true, minify: true, format: "esm", platform: "node", target: "node24", logLevel: "warning" },
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
}

/** Kept under the name of what was asked for; half an installation never bears it. */
async function installSeed(): Promise<string> {
  const requirements = `${peers}requirements.txt`;
  const digest = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  const packages = new URL(`.venv/data/coldstart/packages-${digest.slice(0, 12)}`, import.meta.url).pathname;
  const isThere = await access(packages).then(
    () => true,
    () => false,
  );
  if (isThere) return packages;
  console.error("installing the seed's packages …");
  const part = `${packages}.part`;
  await rm(part, { recursive: true, force: true });
  const asked = ["install", "--quiet", "--disable-pip-version-check", "--target", part, "-r", requirements];
  await run("python3", ["-m", "pip", ...asked]);
  await rename(part, packages);
  return packages;
}

/** Where this machine keeps GNU's OpenMP. */
async function openMp(): Promise<string> {
  const { stdout } = await run("ldconfig", ["-p"]);
  const [, path] = /libgomp\.so\.1 \(.*x86-64.*\) => (\S+)/.exec(stdout) ?? [];
  if (path === undefined) throw new Error("the seed's design needs libgomp: apt-get install libgomp1");
  return path;
}

interface ImageOrder {
  readonly tag: string;
  readonly base: string;
  readonly context: string;
  readonly file: string;
}

async function image({ tag, base, context, file }: ImageOrder): Promise<Image> {
  await docker("build", "-q", "--build-arg", `BASE_IMAGE=${base}`, "-t", tag, "-f", file, context);
  const layers = async (of: string) =>
    JSON.parse(await docker("image", "inspect", "-f", "{{json .RootFS.Layers}}", of)).length as number;
  const sizes = (await docker("image", "history", "-H=false", "--format", "{{.Size}}", tag))
    .split("\n")
    .map(Number)
    .filter((size) => size > 0);
  const added = sizes.slice(0, (await layers(tag)) - (await layers(base)));
  return { tag, addedBytes: added.reduce((sum, size) => sum + size, 0) };
}
