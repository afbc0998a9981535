import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { promisify } from "node:util";

const run = promisify(execFile);
const invocations = "/2015-03-31/functions/function/invocations";

export interface ContainerOrder {
  readonly image: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** what lies beside the image's files: path on this machine → path in the container */
  readonly mounts?: Readonly<Record<string, string>>;
}

export interface Invocation {
  /** from the request to the end of its answer */
  readonly ms: number;
  readonly answer: { readonly statusCode: number; readonly body: string; readonly handlerMs?: number };
}

/** docker's own output, trimmed. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run("docker", args, {
    maxBuffer: 2 ** 26,
    env: { ...process.env, DOCKER_BUILDKIT: "0" },
  });
  return stdout.trim();
}

/**
 * An image under Lambda's runtime interface emulator, with one core and the memory that Lambda gives with one. The
 * runtime begins with the first request.
 */
export class Emulator {
  readonly #id: string;
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  private constructor(id: string, port: number) {
    this.#id = id;
    this.#port = port;
  }

  static async start({ image, handler, environment, mounts = {} }: ContainerOrder): Promise<Emulator> {
    const id = await docker(
      ...[
        "run",
        "-d",
        "--read-only",
        "--tmpfs",
        "/tmp",
        "--user",
        "993:990",
        "--cpus",
        "1",
        "--memory",
        "1769m",
      ],
      ...["-e", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=1769", "-p", "127.0.0.1::8080"],
      ...Object.entries(environment).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
      ...Object.entries(mounts).flatMap(([from, to]) => ["-v", `${from}:${to}:ro`]),
      ...[image, handler],
    );
    const [, port] = /:(\d+)$/m.exec(await docker("port", id, "8080/tcp"))!;
    const emulator = new Emulator(id, Number(port));
    await emulator.#listening();
    return emulator;
  }

  /** The emulator answers other paths by itself, without starting the runtime. */
  async #listening(): Promise<void> {
    for (let attempt = 0; attempt < 500; attempt++) {
      const isThere = await this.#send("GET", "/", "").then(
        () => true,
        () => false,
      );
      if (isThere) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`container ${this.#id.slice(0, 12)} does not listen`);
  }

  async invoke(event: unknown): Promise<Invocation> {
    const body = JSON.stringify(event);
    const began = performance.now();
    const text = await this.#send("POST", invocations, body);
    const ms = performance.now() - began;
    const answer = JSON.parse(text) as Invocation["answer"];
    if (answer.statusCode !== 200) throw new Error(`${text.slice(0, 500)}\n${await this.log()}`);
    return { ms, answer };
  }

  #send(method: string, path: string, body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: this.#port, method, path, agent: this.#agent };
      const sent = request(options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk) => chunks.push(chunk));
        answer.on("end", () => resolve(Buffer.concat(chunks).toString()));
        answer.on("error", reject);
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  async log(): Promise<string> {
    const { stdout, stderr } = await run("docker", ["logs", this.#id], { maxBuffer: 2 ** 26 });
    return stdout + stderr;
  }

  /** Milliseconds from the runtime's start until it asks for its first event, as the emulator took them. */
  async initMs(): Promise<number> {
    const [, ms] = /INIT REPORT\(durationMs: ([\d.]+)\)/.exec(await this.log()) ?? [];
    if (ms === undefined) throw new Error(`no initialisation is on record:\n${await this.log()}`);
    return Number(ms);
  }

  /** The largest resident set of the runtime's process so far, in bytes. */
  async peakBytes(): Promise<number> {
    const pids = (await docker("top", this.#id, "-eo", "pid")).split("\n").slice(1);
    const peaks = await Promise.all(
      pids.map(async (pid) => {
        const status = await readFile(`/proc/${pid.trim()}/status`, "utf8");
        return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
      }),
    );
    return Math.max(...peaks);
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await docker("rm", "-f", this.#id);
  }
}
