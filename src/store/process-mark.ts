import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Names this process in files that it may leave behind: `<place>-<pid>-<start>`. Numbers of processes mean something
 * only on one host and in one container, and are used again: hence the place and the start.
 */
export const ownMark = `${placeOf()}-${process.pid}-${statusOf(process.pid)?.start ?? 0}`;

const markPattern = /^([0-9a-f]{12})-(\d+)-(\d+)/;

/** Has the process of a mark ended? `undefined`: that cannot be told from here. */
export function hasEnded(mark: string): boolean | undefined {
  const [, place, pid, start] = markPattern.exec(mark) ?? [];
  if (place === undefined || place !== placeOf()) return undefined;
  if (!isRunning(Number(pid))) return true;
  const status = statusOf(Number(pid));
  return status !== undefined && (status.isDead || status.start !== Number(start));
}

function placeOf(): string {
  let namespace = "";
  try {
    namespace = readlinkSync("/proc/self/ns/pid");
  } catch {
    // Only Linux has namespaces; elsewhere the host is enough.
  }
  return createHash("sha256").update(`${hostname()} ${namespace}`).digest("hex").slice(0, 12);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When a process began, in the kernel's ticks, and whether it only waits to be buried; `undefined` but on Linux. */
function statusOf(pid: number): { readonly start: number; readonly isDead: boolean } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is a name in parentheses that may hold anything; state is the third, start the 22nd.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { start: Number(fields[19]), isDead: fields[0] === "Z" || fields[0] === "X" };
  } catch {
    return undefined;
  }
}
