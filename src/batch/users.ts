import { readFile } from "node:fs/promises";
import type { Erasures } from "../registry/erasures.ts";
import { knownRow } from "../serving/past.ts";
import type { Snapshot } from "../serving/snapshot.ts";
import { cellText } from "../tables/cells.ts";
import { findColumn, MissingColumnError } from "../tables/columns.ts";
import { openTables } from "../tables/open-tables.ts";

/** Rows of the model, rising, of users whose erasure hides them. */
export function erasedRows({ model }: Snapshot, erasures: Erasures | undefined): Uint32Array {
  if (erasures === undefined || erasures.isEmpty) return new Uint32Array(0);
  const rows = Array.from({ length: model.userCount }, (_, row) => row);
  return Uint32Array.from(
    rows.filter((row) => {
      const userId = model.users.id(row);
      const erasedAt = erasures.erasedAt(userId);
      return erasedAt !== undefined && knownRow(model, { userId, past: { events: [], erasedAt } }) < 0;
    }),
  );
}

/** Every user of the model in its order, without those who were erased. */
export function allUsers(snapshot: Snapshot, erasures: Erasures | undefined): string[] {
  const erased = new Set(erasedRows(snapshot, erasures));
  return [...snapshot.model.users].filter((_, row) => !erased.has(row));
}

/**
 * The users that a file names, each once, in the order in which they first come: the column `user_id` of a table
 * (.csv, .tsv, .jsonl, .parquet, gzipped or not), else one id on each line.
 * @throws TableError, MissingColumnError
 */
export async function readUsers(path: string): Promise<string[]> {
  const users = new Set<string>();
  if (!/\.(csv|tsv|jsonl|ndjson|parquet)(\.gz)?$/i.test(path)) {
    const lines = (await readFile(path, "utf8")).replace(/^\ufeff/, "").split(/\r?\n/);
    for (const line of lines) if (line !== "") users.add(line);
    return [...users];
  }
  for await (const { file, columns, batches } of openTables([path])) {
    for await (const rows of batches) {
      const at = findColumn(columns, ["user_id", "userId", "user", "id"]);
      if (at < 0)
        throw new MissingColumnError(`${file}: there is no column user_id, only ${columns.join(", ")}`);
      for (const { line, cells, problem } of rows) {
        const id = problem === undefined ? cellText(cells[at]) : "";
        if (id === "") throw new MissingColumnError(`${file}:${line}: ${problem ?? "there is no user_id"}`);
        users.add(id);
      }
    }
  }
  return [...users];
}
