import { degreePowers, findNeighbours, type Neighbours } from "../../src/evaluation/baselines/neighbours.ts";
import { ScoreBoard } from "../../src/evaluation/baselines/score-board.ts";
import type { Recommend } from "../../src/evaluation/evaluate.ts";
import { scoreRanking } from "../../src/evaluation/metrics.ts";
import type { EventLog } from "../../src/interactions/event-log.ts";
import { secondsPerDay } from "../../src/interactions/pair-sums.ts";
import type { IdTable } from "../../src/math/id-table.ts";
import { Random } from "../../src/math/random.ts";
import { type SparseRows, transpose } from "../../src/math/sparse.ts";
import { TopRows } from "../../src/model/top-rows.ts";
import { table } from "../comparison.ts";
import { laboratories } from "./laboratory.ts";
import {
  type Candidate,
  chosenAgainst,
  chosenHead,
  judgeModel,
  judgeUsers,
  type Reference,
  referenceOf,
  told,
} from "./paired.ts";

const shops = ["Online Retail", "demo shop", "Complete Journey"];

/** The model's score + weight × how often an item shared a day with those of the user's last day. */
export async function measureCovisits(): Promise<string> {
  const lines: string[][] = [];
  for await (const lab of laboratories(shops)) {
    const reference = await referenceOf(lab);
    const { items } = reference.interactions;
    const neighbours = cooccurrence(toRows(dayBaskets(reference.log, items), items.count), 200);
    const candidates: Candidate[] = [0.03, 0.1, 0.3, 1, 3].map((weight) => ({
      name: `weight ${weight}`,
      values: judgeUsers(blended(reference, neighbours, weight), reference.truth),
    }));
    lines.push(told([lab.name, ...chosenAgainst(judgeModel(reference), candidates)]));
  }
  return table(["data", ...chosenHead], lines);
}

function blended({ model, interactions }: Reference, neighbours: Neighbours, weight: number): Recommend {
  const ids = [...model.items];
  const { starts, columns } = interactions.confidence;
  const board = new ScoreBoard(ids.length);
  const mask = new Uint8Array(ids.length);
  return (userId, k) => {
    const user = interactions.users.row(userId);
    const vector = user < 0 ? undefined : model.userVector(user);
    if (!vector) return Array.from(model.popularRows.subarray(0, k), (row) => ids[row]);
    const times = interactions.lastTime.subarray(starts[user], starts[user + 1]);
    const lastDay = times.reduce((last, time) => Math.max(last, time), 0) - secondsPerDay;
    const recent = columns.subarray(starts[user], starts[user + 1]).filter((_, at) => times[at] >= lastDay);
    for (const item of recent) {
      for (let at = neighbours.starts[item]; at < neighbours.starts[item + 1]; at++) {
        board.add(neighbours.items[at], (weight * neighbours.weights[at]) / recent.length);
      }
    }
    const touched = board.touched.slice(0, board.touchedCount);
    const top = new TopRows(k);
    model.scores(vector, touched).forEach((score, at) => {
      top.offer(touched[at], score + board.scores[touched[at]]);
    });
    for (const row of touched) mask[row] = 1;
    const others = model.topK(vector, k, mask);
    for (const row of touched) mask[row] = 0;
    others.rows.forEach((row, at) => {
      top.offer(row, others.scores[at]);
    });
    board.clear();
    return Array.from(top.take().rows, (row) => ids[row]);
  };
}

/** Given one item of a held-out day, its others: cosine of factors, a history of that item alone, or shared days. */
export async function measureSimilar(): Promise<string> {
  const lines: string[][] = [];
  for await (const lab of laboratories(shops)) {
    const reference = await referenceOf(lab);
    const { model, interactions } = reference;
    const { items } = interactions;
    const baskets = dayBaskets(lab.split.validation, items).filter((basket) => basket.length > 1);
    const drawn = new Random("baskets").shuffle(Uint32Array.from(baskets.keys())).subarray(0, 4000);
    const neighbours = cooccurrence(toRows(dayBaskets(reference.log, items), items.count), 50);
    const ways: Record<string, (item: number) => ArrayLike<number>> = {
      cosine: (item) => model.neighbours(item, 10).rows,
      "fold-in of the item": (item) => {
        const history = model.withRecent(undefined, [
          { itemRow: item, eventType: reference.log.eventTypes[0] },
        ]);
        const hidden = new Uint8Array(items.count);
        hidden[item] = 1;
        return model.topK(model.foldIn(history)?.vector ?? new Float32Array(model.rank), 10, hidden).rows;
      },
      "shared days": (item) =>
        neighbours.items.subarray(
          neighbours.starts[item],
          Math.min(neighbours.starts[item] + 10, neighbours.starts[item + 1]),
        ),
    };
    const judged = Object.entries(ways).map(([name, way]) => ({
      name,
      values: Float32Array.from(drawn, (at) => seedValue(baskets[at], way)),
    }));
    for (const candidate of judged.slice(1)) {
      lines.push(told([lab.name, `${drawn.length}`, ...chosenAgainst(judged[0].values, [candidate])]));
    }
  }
  return table(["data", "baskets", "way", "cosine", ...chosenHead.slice(2)], lines);
}

/** NDCG@10 of a basket's other items, by its first. */
function seedValue([seed, ...others]: readonly number[], way: (item: number) => ArrayLike<number>): number {
  return scoreRanking(Array.from(way(seed)), new Set(others), [10])["ndcg@10"];
}

/** What each user took on one day, as rows of `items` in order of time, each once; unknown items are left out. */
function dayBaskets(log: EventLog, items: IdTable): number[][] {
  const rowOf = Int32Array.from({ length: log.items.count }, (_, item) => items.row(log.items.id(item)));
  const baskets = new Map<string, Set<number>>();
  for (let row = 0; row < log.length; row++) {
    const item = rowOf[log.item[row]];
    if (item < 0) continue;
    const key = `${log.user[row]} ${Math.floor(log.time[row] / secondsPerDay)}`;
    const known = baskets.get(key);
    if (known) known.add(item);
    else baskets.set(key, new Set([item]));
  }
  return [...baskets.values()].map((basket) => [...basket]);
}

function toRows(baskets: readonly number[][], columnCount: number): SparseRows {
  const starts = new Uint32Array(baskets.length + 1);
  baskets.forEach((basket, at) => {
    starts[at + 1] = starts[at] + basket.length;
  });
  const columns = Uint32Array.from(baskets.flatMap((basket) => basket.toSorted((a, b) => a - b)));
  return {
    rowCount: baskets.length,
    columnCount,
    starts,
    columns,
    values: new Float32Array(columns.length).fill(1),
  };
}

/** Cosine of two items' days, long days counting less. */
function cooccurrence(rows: SparseRows, neighbourCount: number): Neighbours {
  const inverseNorms = degreePowers(transpose(rows).starts, -0.5);
  const found = findNeighbours(rows, {
    neighbourCount,
    userWeights: degreePowers(rows.starts, -0.5),
    itemWeights: inverseNorms,
  });
  const weights = found.weights.slice();
  for (let item = 0; item < rows.columnCount; item++) {
    for (let at = found.starts[item]; at < found.starts[item + 1]; at++) weights[at] *= inverseNorms[item];
  }
  return { ...found, weights };
}
