import { type ChildProcess, fork } from "node:child_process";
import type { LeaderboardNote, TrainingProgress } from "../http/training-progress.ts";
import type { FileKind, FileReading } from "../local/own-shop-state.ts";
import { interruptedCode } from "./interruption.ts";

/** What the process that computes tells the one that serves. */
export type JobMessage =
  | { readonly kind: "progress"; readonly progress: TrainingProgress }
  /** a model or a catalogue has gone live */
  | { readonly kind: "published" }
  /** read so far of a file that takes its time */
  | { readonly kind: "rows"; readonly rowCount: number }
  | { readonly kind: "reading"; readonly file: FileKind; readonly reading: FileReading }
  | {
      readonly kind: "released";
      readonly promoted: boolean;
      readonly reason: string;
      readonly leaderboard: LeaderboardNote | undefined;
    }
  | { readonly kind: "failed"; readonly reason: string };

/** How a job ended: by itself, because somebody wanted it to, or because it could not go on. */
export interface JobEnd {
  readonly kind: "done" | "stopped" | "failed";
  readonly reason: string;
}

const patienceMs = 5000;

/** A command of this program in a process of its own, so that answers never wait for what it computes. */
export class ChildJob {
  readonly ended: Promise<JobEnd>;
  readonly #child: ChildProcess;
  #isUnwanted = false;

  constructor(args: readonly string[], onMessage: (message: JobMessage) => void) {
    let failure: string | undefined;
    this.#child = fork(process.argv[1], args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("message", (message: JobMessage) => {
      if (message.kind === "failed") failure = message.reason;
      onMessage(message);
    });
    this.ended = new Promise((resolve) => {
      const end = (kind: JobEnd["kind"], reason: string) => resolve({ kind, reason });
      this.#child.once("error", (error) => end("failed", error.message));
      // After the last message has been heard, unlike `exit`.
      this.#child.once("close", (code, signal) => {
        if (code === 0) end("done", "");
        // Ctrl-C may end the child before this process has heard of it.
        else if (this.#isUnwanted || code === interruptedCode) end("stopped", "stopped");
        else
          end(
            "failed",
            failure ?? `the process ended with ${signal ?? `code ${code}`}${memoryAdvice(signal)}`,
          );
      });
    });
  }

  /** Gone once this resolves, however busy it was. */
  async stop(): Promise<void> {
    this.#isUnwanted = true;
    this.#child.kill("SIGTERM");
    const end = setTimeout(() => this.#child.kill("SIGKILL"), patienceMs);
    await this.ended;
    clearTimeout(end);
  }
}

function memoryAdvice(signal: NodeJS.Signals | null): string {
  return signal === "SIGKILL" || signal === "SIGABRT" ? ": is there too little memory for this file?" : "";
}
