import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Query } from "../serving/query.ts";
import type { Serving } from "../serving/serving.ts";
import type { Snapshot } from "../serving/snapshot.ts";
import { ParquetRows } from "../tables/write-parquet.ts";
import type { BatchThreads } from "./batch-threads.ts";
import type { BatchLine } from "./lines.ts";
import { PartialFile } from "./partial-file.ts";

export interface BatchOrder {
  readonly users: readonly string[];
  /** what is asked for each of them */
  readonly question: Omit<Query, "userId">;
  /** ends in .parquet, else it is JSON Lines */
  readonly out: string;
  readonly restart?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** users whose answers are written, of those that were asked for */
  onProgress?(done: number, total: number): void;
}

export interface BatchOutcome {
  readonly users: number;
  /** of these, answered by a run before this one */
  readonly resumed: number;
}

/** So many users are asked for at a time, of the store of activity too. */
const usersPerTask = 64;
const tasksPerThread = 3;

/**
 * Everybody's answers in one file, in the order of `users`: from one snapshot, as its route gives them. Interrupted, it
 * leaves `OUT.partial`, and the same order goes on from its last whole line.
 * @throws OtherBatchError, QueryError, BatchError, the signal's reason
 */
export async function writeAnswers(
  { serving, snapshot }: { readonly serving: Serving; readonly snapshot: Snapshot },
  threads: BatchThreads,
  order: BatchOrder,
): Promise<BatchOutcome> {
  const { users, out } = order;
  const file = await PartialFile.open(out, aboutOf(snapshot, order), order.restart);
  try {
    await answerAll(serving, threads, file, order);
  } finally {
    await file.close();
  }
  if (!isParquet(out)) await file.finish(out);
  else await file.finish(out, await toParquet(file.path));
  return { users: users.length, resumed: file.lineCount };
}

export function isParquet(path: string): boolean {
  return path.toLowerCase().endsWith(".parquet");
}

function aboutOf({ parts }: Snapshot, { users, question }: BatchOrder) {
  const { version: model, catalogVersion: catalog, rulesVersion: rules, channel } = parts;
  const usersDigest = createHash("sha256").update(JSON.stringify(users)).digest("hex");
  return { model, channel, catalog, rules, question, userCount: users.length, usersDigest };
}

/** Tasks are many threads' and their lines are written in order: only so many are begun before the first is done. */
async function answerAll(
  serving: Serving,
  threads: BatchThreads,
  file: PartialFile,
  { users, question, signal, onProgress }: BatchOrder,
): Promise<void> {
  const underWay: Promise<string>[] = [];
  let done = file.lineCount;
  const writeFirst = async (): Promise<void> => {
    const text = (await underWay.shift()) as string;
    await file.append(text);
    done = Math.min(done + usersPerTask, users.length);
    onProgress?.(done, users.length);
  };
  onProgress?.(done, users.length);
  for (let at = done; at < users.length; at += usersPerTask) {
    signal?.throwIfAborted();
    const asked = users.slice(at, at + usersPerTask).map((userId) => ({ ...question, userId }));
    const queries = await Promise.all(asked.map((query) => serving.recall(query)));
    const text = threads.run({ queries }).then((reply) => reply.text as string);
    text.catch(() => {});
    underWay.push(text);
    if (underWay.length >= threads.count * tasksPerThread) await writeFirst();
  }
  while (underWay.length > 0) {
    signal?.throwIfAborted();
    await writeFirst();
  }
}

/** One row per user and item, since every tool reads flat columns. Gives the path of the new file. */
async function toParquet(path: string): Promise<string> {
  const rows = new ParquetRows(`${path}.parquet`, {
    user_id: "STRING",
    rank: "INT32",
    item_id: "STRING",
    score: "DOUBLE",
    source: "STRING",
    model: "STRING",
  });
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    const { userId, model, items } = JSON.parse(line) as BatchLine;
    for (const { rank, itemId, score, source } of items) {
      await rows.add([userId, rank, itemId, score, source, model.version]);
    }
  }
  await rows.finish();
  return `${path}.parquet`;
}
