import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Command, Option } from "commander";
import { isParquet } from "../batch/write-answers.ts";
import { findSegment, type SegmentUser } from "../batch/write-segment.ts";
import type { Hide } from "../ranking/rank.ts";
import { ParquetRows } from "../tables/write-parquet.ts";
import { type BatchServingFlags, openBatch } from "./batch-serving.ts";
import { wholeFrom } from "./option-values.ts";
import { addRegistryOptions, print, printJson } from "./registry-options.ts";
import { formatColumns } from "./terminal.ts";

interface SegmentFlags extends BatchServingFlags {
  readonly item: string;
  readonly k: number;
  readonly hide: Hide;
  readonly out?: string;
}

export function define(command: Command): void {
  command
    .requiredOption("--item <id>", "who would want this")
    .option("--k <count>", "how many users", wholeFrom(1, 10_000_000), 1000)
    .addOption(
      new Option("--hide <what>", "leave out who bought it, who interacted with it, or nobody")
        .choices(["purchased", "interacted", "none"])
        .default("purchased"),
    )
    .option("--out <file>", "write them there, .jsonl or .parquet, instead of printing them")
    .option(
      "--threads <count>",
      "how many at once; without it all cores that memory allows",
      wholeFrom(1, 256),
    )
    .option("--model <version>", "another version than the live one");
  addRegistryOptions(command);
  command.action(segment);
}

async function segment({ item: itemId, k, hide, out, json, ...flags }: SegmentFlags): Promise<void> {
  const { snapshot, erasures, threads, close } = await openBatch(flags);
  try {
    const users = await findSegment(snapshot, threads, { itemId, k, hide, erasures });
    const model = snapshot.parts.version;
    if (out !== undefined) await write(out, users, itemId);
    if (json)
      return printJson({ itemId, model, ...(out === undefined ? { users } : { out, count: users.length }) });
    if (out !== undefined) return print(`${out}: ${users.length} users`);
    print(`for ${itemId}, from model ${model}`);
    const rows = users.map(({ rank, userId, score }) => [String(rank), userId, score.toFixed(4)]);
    print(formatColumns(["", "user", "score"], rows));
  } finally {
    await close();
  }
}

/** Under its name the file is whole. */
async function write(out: string, users: readonly SegmentUser[], itemId: string): Promise<void> {
  const partial = `${out}.partial`;
  if (isParquet(out)) {
    const rows = new ParquetRows(partial, {
      item_id: "STRING",
      rank: "INT32",
      user_id: "STRING",
      score: "DOUBLE",
    });
    for (const { rank, userId, score } of users) await rows.add([itemId, rank, userId, score]);
    await rows.finish();
  } else {
    const lines = users.map((user) => `${JSON.stringify({ itemId, ...user })}\n`);
    await pipeline(Readable.from(lines), createWriteStream(partial));
  }
  await rename(partial, out);
}
