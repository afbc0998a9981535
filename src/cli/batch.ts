import { type Command, Option } from "commander";
import { allUsers, readUsers } from "../batch/users.ts";
import { type BatchOutcome, writeAnswers } from "../batch/write-answers.ts";
import type { Query } from "../serving/query.ts";
import { withLock } from "../store/folder-lock.ts";
import { type BatchServingFlags, openBatch } from "./batch-serving.ts";
import { UsageError } from "./failures.ts";
import { InterruptedError, interruptedCode, interruption } from "./interruption.ts";
import { gatherValues, wholeFrom } from "./option-values.ts";
import { addRegistryOptions, print, printJson } from "./registry-options.ts";
import { Terminal } from "./terminal.ts";

interface BatchFlags extends BatchServingFlags {
  readonly users: string;
  readonly k: number;
  readonly out: string;
  readonly restart?: boolean;
  readonly hide?: Query["hide"];
  readonly filter?: string;
  readonly filterName?: string;
  readonly filterValues?: Record<string, string[]>;
}

export function define(command: Command): void {
  command
    .requiredOption(
      "--users <file>",
      "for whom: a table with user_id (.csv, .jsonl, .parquet), one id on each line, or all",
    )
    .requiredOption("--out <file>", "where to: .jsonl, an answer on each line, or .parquet, a row per item")
    .option("--k <count>", "how many for each, up to 500", wholeFrom(1, 500), 25)
    .addOption(
      new Option("--hide <what>", "what not to show again").choices(["purchased", "interacted", "none"]),
    )
    .option("--filter <expression>", "only what a filter in Amazon Personalize's language leaves")
    .option("--filter-name <name>", "only what a filter of the live rules leaves")
    .option("--filter-values <name=value>", "of the filter's parameters (repeatable)", gatherValues)
    .option("--restart", "begin anew what was interrupted, instead of going on")
    .option(
      "--threads <count>",
      "how many at once; without it all cores that memory allows",
      wholeFrom(1, 256),
    )
    .option("--model <version>", "another version than the live one");
  addRegistryOptions(command);
  command.action(batch);
}

async function batch({ users: whom, out, restart, json, ...flags }: BatchFlags): Promise<void> {
  if (!/\.(jsonl|parquet)$/i.test(out)) throw new UsageError(`--out ${out}: it ends in .jsonl or .parquet`);
  const named = whom === "all" ? undefined : await readUsers(whom);
  const { serving, snapshot, erasures, threads, close } = await openBatch(flags);
  const { signal, release } = interruption();
  const terminal = new Terminal();
  try {
    const { k: numResults, hide, filter, filterName, filterValues } = flags;
    const question = { numResults, hide, filter, filterName, filterValues };
    // A question that cannot be answered is told before anything is begun.
    serving.answer(question);
    const users = named ?? allUsers(snapshot, erasures);
    const onProgress = (done: number, total: number) => terminal.progress("users", done, total);
    const order = { users, question, out, restart, signal, onProgress };
    // Two calls would write their answers through one another.
    const outcome = await withLock(`${out}.lock`, { purpose: `--out ${out}`, waitMsMax: 0 }, () =>
      writeAnswers({ serving, snapshot }, threads, order),
    );
    report(outcome, out, json);
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    terminal.say(`interrupted: the same call goes on from ${out}.partial`);
    process.exitCode = interruptedCode;
  } finally {
    terminal.close();
    release();
    await close();
  }
}

function report({ users, resumed }: BatchOutcome, out: string, json: boolean | undefined): void {
  if (json) printJson({ out, users, resumed });
  else print(`${out}: ${users} users${resumed > 0 ? `, ${resumed} of them from before` : ""}`);
}
