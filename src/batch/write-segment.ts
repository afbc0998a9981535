import { type RankedRows, TopRows } from "../model/top-rows.ts";
import type { Hide } from "../ranking/rank.ts";
import type { Erasures } from "../registry/erasures.ts";
import { QueryError } from "../serving/query.ts";
import type { Snapshot } from "../serving/snapshot.ts";
import type { BatchThreads } from "./batch-threads.ts";
import { erasedRows } from "./users.ts";

export interface SegmentQuestion {
  readonly itemId: string;
  readonly k: number;
  readonly hide: Hide;
  readonly erasures?: Erasures | undefined;
}

export interface SegmentUser {
  readonly userId: string;
  /** from 1 */
  readonly rank: number;
  /** the raw dot product, as an answer to this user shows it */
  readonly score: number;
}

const usersPerTask = 4096;

/**
 * Who would want an item most, among the users of the model, erased ones left out.
 * @throws QueryError where the model does not know the item, or scores nothing
 */
export async function findSegment(
  snapshot: Snapshot,
  threads: BatchThreads,
  { itemId, k, hide, erasures }: SegmentQuestion,
): Promise<SegmentUser[]> {
  const { model } = snapshot;
  const itemRow = model.items.row(itemId);
  if (itemRow < 0)
    throw new QueryError([{ parameter: "itemId", detail: `"${itemId}" is not in the model yet` }]);
  if (model.rank === 0) {
    throw new QueryError([
      { parameter: "itemId", detail: "cannot be scored: this model knows popularity only" },
    ]);
  }
  const leftOut = erasedRows(snapshot, erasures);
  const tasks: Promise<RankedRows>[] = [];
  for (let from = 0; from < model.userCount; from += usersPerTask) {
    const to = Math.min(from + usersPerTask, model.userCount);
    const task = threads.run({ range: { itemRow, from, to, k, hide, leftOut } });
    tasks.push(task.then(({ best }) => best as RankedRows));
  }
  const top = new TopRows(Math.min(k, model.userCount));
  for (const { rows, scores } of await Promise.all(tasks)) {
    rows.forEach((row, at) => {
      top.offer(row, scores[at]);
    });
  }
  const { rows, scores } = top.take();
  return Array.from(rows, (row, at) => ({ userId: model.users.id(row), rank: at + 1, score: scores[at] }));
}
