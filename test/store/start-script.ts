import { fork } from "node:child_process";
import { once } from "node:events";

/** A process that a test talks to: in step by messages, never by waiting for a while. */
export interface Script {
  send(message: string): void;
  /** resolves when the script has said this, and rejects if it ends before */
  message(expected: string): Promise<void>;
  /** everything that it said so far */
  readonly said: readonly string[];
  /** SIGKILL, as the kernel does it when memory runs out */
  kill(): Promise<void>;
}

/** @param file a script beside `base`, run by this very Node */
export function startScript(file: string, args: readonly string[], base: string = import.meta.url): Script {
  const child = fork(new URL(file, base), args, { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const said: string[] = [];
  let failure = "";
  child.stderr?.on("data", (text) => {
    failure += text;
  });
  child.on("message", (message) => said.push(String(message)));
  const ended = once(child, "close");
  return {
    said,
    send: (message) => void child.send(message),
    async message(expected) {
      while (!said.includes(expected)) {
        const end = ended.then(([code]) => {
          if (!said.includes(expected)) throw new Error(`${file} ended with ${code}: ${failure}`);
        });
        await Promise.race([once(child, "message"), end]);
      }
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
