import type { JobMessage } from "./child-job.ts";
import { explain } from "./failures.ts";
import { InterruptedError, interruptedCode, interruption } from "./interruption.ts";
import { Terminal } from "./terminal.ts";

/** What a job has at hand. */
export interface Job {
  readonly terminal: Terminal;
  /** aborts where whoever started it no longer wants it, or is gone */
  readonly signal: AbortSignal;
  tell(message: JobMessage): void;
}

/** Runs a job in this process for the one that started it, and tells that one why it failed, if it did. */
export async function runJob(work: (job: Job) => Promise<void>): Promise<void> {
  const terminal = new Terminal();
  const stop = interruption();
  // Whoever started this is gone, by whatever death: nobody waits for the result.
  const orphaned = (): void => void process.kill(process.pid, "SIGTERM");
  process.on("disconnect", orphaned);
  const tell = (message: JobMessage): void => void process.send?.(message);
  try {
    await work({ terminal, signal: stop.signal, tell });
  } catch (error) {
    // Whoever interrupted this was at the process that serves, which says what there is to say.
    if (error instanceof InterruptedError) process.exitCode = interruptedCode;
    else {
      tell({
        kind: "failed",
        reason: explain(error)
          .replace(/^error: /, "")
          .split("\n    at ")[0],
      });
      throw error;
    }
  } finally {
    stop.release();
    terminal.close();
    process.off("disconnect", orphaned);
    if (process.connected) process.disconnect();
  }
}
