import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";

/** What a figure is worth nothing without. */
export function describeMachine(command: string): string[] {
  const git = (...args: string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();
  const isDirty = git("status", "--porcelain", "--", "src", "bench", ":!bench/README.md") !== "";
  const { model } = cpus()[0];
  return [
    `command: \`${command}\``,
    `machine: ${cpus().length} × ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Node ${process.versions.node} (V8 ${process.versions.v8})`,
    `commit: ${git("rev-parse", "--short", "HEAD")}${isDirty ? " with changes" : ""}`,
    `date: ${new Date().toISOString().slice(0, 10)}`,
  ];
}
