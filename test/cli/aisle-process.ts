import { type ChildProcess, spawn } from "node:child_process";

const program = new URL("../../dist/cli.js", import.meta.url).pathname;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
  /** nothing is read, and no end of it either */
  readonly isStdinOpen?: boolean;
  /** as by a reader that has gone, such as `head` */
  readonly isStdoutClosed?: boolean;
}

/** A running `aisle`, in a process group of its own, as at a terminal. */
export class AisleProcess {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #texts = { stdout: "", stderr: "" };
  #watchers: (() => void)[] = [];

  constructor(
    args: readonly string[],
    { environment = {}, input, isStdinOpen, isStdoutClosed }: CallOptions = {},
  ) {
    this.#child = spawn(process.execPath, [program, ...args], {
      detached: true,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    });
    for (const name of ["stdout", "stderr"] as const) {
      this.#child[name]?.setEncoding("utf8").on("data", (text: string) => {
        this.#texts[name] += text;
        for (const watch of this.#watchers) watch();
      });
    }
    if (!isStdinOpen) this.#child.stdin?.end(input);
    if (isStdoutClosed) this.#child.stdout?.destroy();
    this.ended = new Promise((resolve) => {
      this.#child.once("close", (code, signal) => resolve({ code, signal, ...this.#texts }));
    });
  }

  /** The first match in what it has written so far or writes later; fails where it ends without. */
  async wrote(pattern: RegExp): Promise<RegExpExecArray> {
    const found = () => pattern.exec(this.#texts.stdout) ?? pattern.exec(this.#texts.stderr);
    const shown = new Promise<RegExpExecArray>((resolve) => {
      const look = () => {
        const match = found();
        if (match) resolve(match);
      };
      this.#watchers.push(look);
      look();
    });
    const ended = this.ended.then((end) => {
      const match = found();
      if (!match)
        throw new Error(`ended with ${end.code} and without ${pattern}:\n${end.stdout}${end.stderr}`);
      return match;
    });
    return Promise.race([shown, ended]);
  }

  /** To the whole group, as Ctrl-C does, or to the first process alone. */
  kill(signal: NodeJS.Signals, whom: "group" | "itself" = "group"): void {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error("it was never started");
    process.kill(whom === "group" ? -pid : pid, signal);
  }

  /** Whether any process that it started is left. */
  isAnyoneLeft(): boolean {
    try {
      process.kill(-(this.#child.pid ?? 0), 0);
      return true;
    } catch {
      return false;
    }
  }
}

/** Runs `aisle` to its end. */
export function aisle(args: readonly string[], options?: CallOptions): Promise<Ended> {
  return new AisleProcess(args, options).ended;
}
