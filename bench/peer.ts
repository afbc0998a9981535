import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const here = new URL(".", import.meta.url).pathname;
const environment = `${here}.venv`;
const requirements = `${here}peers/requirements.txt`;
const run = promisify(execFile);

/** Makes the virtual environment of the peers, unless it is there and as `requirements.txt` says. */
async function makeEnvironment(): Promise<void> {
  const wanted = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  const mark = `${environment}/made-for`;
  const found = await readFile(mark, "utf8").catch(() => "");
  if (found === wanted) return;
  console.error("making bench/.venv with the peers …");
  await mkdir(environment, { recursive: true });
  await run("python3", ["-m", "venv", environment]);
  await run(`${environment}/bin/pip`, [
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "-r",
    requirements,
  ]);
  await access(`${environment}/bin/python`);
  await writeFile(mark, wanted);
}

type Answer = Readonly<Record<string, never>>;

/** The peers' process: one call at a time, each answered by one line of JSON. */
export class Peer {
  readonly #process;
  readonly #lines: AsyncIterator<string>;

  private constructor(threads: number) {
    // implicit asks for BLAS on one thread, and spreads rows over its own.
    const only = { OMP_NUM_THREADS: `${threads}`, OPENBLAS_NUM_THREADS: "1", PYTHONUNBUFFERED: "1" };
    // A machine's override of OpenBLAS's kernel would slow the peers down.
    const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...rest } = process.env;
    this.#process = spawn(`${environment}/bin/python`, [`${here}peers/serve.py`], {
      env: { ...rest, ...only },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /** @param threads that each of the peers may use */
  static async start(threads = 1): Promise<Peer> {
    await makeEnvironment();
    return new Peer(threads);
  }

  /** Calls a function of `peers/`; what it returns is the caller's to know. */
  async call<T = Answer>(name: string, args: Record<string, unknown> = {}): Promise<T> {
    this.#process.stdin.write(`${JSON.stringify({ name, args })}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the peers' process ended during ${name}`);
    const { result, error } = JSON.parse(value);
    if (error !== undefined) throw new Error(`${name} failed:\n${error}`);
    return result;
  }

  stop(): void {
    this.#process.kill();
  }
}
