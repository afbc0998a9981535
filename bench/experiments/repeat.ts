import type { Recommend } from "../../src/evaluation/evaluate.ts";
import { secondsPerDay } from "../../src/interactions/pair-sums.ts";
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

/** A repeat score: strength, damped by days since the last time and by how soon that is for this user and item. */
interface RepeatRule {
  readonly weight: number;
  readonly days: number;
  readonly gap: boolean;
}

/** The model's score + weight × log(1 + repeat score) for items of the user's own past. */
export async function measureRepeat(): Promise<string> {
  const lines: string[][] = [];
  for await (const lab of laboratories(["Online Retail", "demo shop", "Complete Journey"])) {
    const reference = await referenceOf(lab);
    const before = judgeModel(reference);
    const gaps = meanGaps(reference);
    for (const gap of [false, true]) {
      const candidates: Candidate[] = [];
      for (const days of [10, 30, 90, 1e9]) {
        for (const weight of [-0.1, 0.03, 0.1, 0.2, 0.4, 0.8]) {
          const recommend = blended(reference, gaps, { weight, days, gap });
          const name = `${weight} × log(1 + r ÷ (1 + age ÷ ${days})${gap ? " × gap" : ""})`;
          candidates.push({ name, values: judgeUsers(recommend, reference.truth) });
        }
      }
      lines.push(told([lab.name, ...chosenAgainst(before, candidates)]));
    }
  }
  return table(["data", ...chosenHead], lines);
}

function blended(
  { model, interactions, truth: _ }: Reference,
  gaps: Float64Array,
  rule: RepeatRule,
): Recommend {
  const ids = [...model.items];
  const { starts, columns } = interactions.confidence;
  return (userId, k) => {
    const user = interactions.users.row(userId);
    const vector = user < 0 ? undefined : model.userVector(user);
    if (!vector) return Array.from(model.popularRows.subarray(0, k), (row) => ids[row]);
    const own = columns.subarray(starts[user], starts[user + 1]);
    const base = model.topK(vector, k + own.length);
    const scores = model.scores(vector, own);
    const top = new TopRows(k);
    const boosted = new Set(own);
    own.forEach((item, at) => {
      const pair = starts[user] + at;
      const age = Math.max(0, interactions.now - interactions.lastTime[pair]) / secondsPerDay;
      const due = rule.gap && gaps[pair] > 0 ? Math.min(1, age / gaps[pair]) : 1;
      const repeat = (interactions.strength[pair] / (1 + age / rule.days)) * due;
      top.offer(item, scores[at] + rule.weight * Math.log1p(repeat));
    });
    base.rows.forEach((row, at) => {
      if (!boosted.has(row)) top.offer(row, base.scores[at]);
    });
    return Array.from(top.take().rows, (row) => ids[row]);
  };
}

/** (pairs): mean days between the first event and the last, by how many days had any; 0 for a single one. */
function meanGaps({ interactions, log }: Reference): Float64Array {
  const { confidence, users, items, lastTime } = interactions;
  const first = new Float64Array(lastTime.length).fill(Number.POSITIVE_INFINITY);
  const days = new Map<number, Set<number>>();
  for (let row = 0; row < log.length; row++) {
    const user = users.row(log.users.id(log.user[row]));
    const item = items.row(log.items.id(log.item[row]));
    const from = confidence.starts[user];
    const at = confidence.columns.subarray(from, confidence.starts[user + 1]).indexOf(item);
    if (at < 0) continue;
    first[from + at] = Math.min(first[from + at], log.time[row]);
    const known = days.get(from + at) ?? new Set();
    days.set(from + at, known.add(Math.floor(log.time[row] / secondsPerDay)));
  }
  return first.map((time, pair) => {
    const count = days.get(pair)?.size ?? 1;
    return count > 1 ? (lastTime[pair] - time) / secondsPerDay / (count - 1) : 0;
  });
}
