/** Ctrl-C, or whoever asked this process to end. */
export class InterruptedError extends Error {
  override name = "InterruptedError";
}

/** What a shell gives for a process that Ctrl-C ended. */
export const interruptedCode = 130;

/**
 * Turns the first SIGINT or SIGTERM into an abort, so that work can end where nothing is half done. The same one again
 * ends the process at once: nothing under its final name is ever incomplete. One of each is no hurry: Ctrl-C at a
 * terminal reaches a job too, before whoever started it says SIGTERM.
 */
export function interruption(message = "interrupted: nothing was published"): {
  readonly signal: AbortSignal;
  release(): void;
} {
  const controller = new AbortController();
  const heard = new Set<NodeJS.Signals>();
  const interrupt = (signal: NodeJS.Signals): void => {
    if (heard.has(signal)) process.exit(interruptedCode);
    heard.add(signal);
    controller.abort(new InterruptedError(message));
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  return {
    signal: controller.signal,
    release: () => void process.off("SIGINT", interrupt).off("SIGTERM", interrupt),
  };
}
