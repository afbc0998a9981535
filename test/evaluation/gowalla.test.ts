import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { popularity } from "../../src/evaluation/baselines/popularity.ts";
import { evaluate, type TaskReport } from "../../src/evaluation/evaluate.ts";
import { holdOutTruth } from "../../src/evaluation/held-out.ts";
import { figureValue } from "../../src/evaluation/metrics.ts";
import { type EventLog, EventLogBuilder } from "../../src/interactions/event-log.ts";
import { interactionsOf } from "./shops.ts";

/** Lines of `user item item …`. */
function parseLists(text: string): EventLog {
  const builder = new EventLogBuilder({ unordered: true });
  for (const line of text.split("\n")) {
    const [userId, ...itemIds] = line.split(" ").filter((id) => id !== "");
    for (const itemId of itemIds) {
      builder.add({ userId, itemId, eventType: "interaction", time: Number.NaN, value: 0 });
    }
  }
  return builder.build();
}

/** Full ranking, training pairs hidden: how papers score these splits. */
function scorePopularity(train: EventLog, test: EventLog, k: number): TaskReport {
  const interactions = interactionsOf(train);
  const truth = holdOutTruth(interactions, test);
  const recommend = popularity.fit(interactions, train);
  return evaluate(recommend, truth, { ks: [k], tasks: ["new"], resamples: 0, seed: 1 }).tasks.new!;
}

describe("popularity on a fixed split of lists", () => {
  it("scores a small one as worked out by hand", () => {
    // Users of a 3, b 2, d 1, c 1, and d came before c. At K = 2 user 1 gets d, c: a hit at rank 2 of one; user 2
    // gets b, c: a miss; user 3 gets d, c: both of two; user 4 gets a, b: a hit at rank 1 of three.
    const { figures } = scorePopularity(
      parseLists("1 a b\n2 a d\n3 b a\n4 c\n"),
      parseLists("1 c\n2 e\n3 c d\n4 a d e\n"),
      2,
    );
    expect(figures["recall@2"]).toBeCloseTo((1 + 0 + 1 + 1 / 3) / 4, 6);
    expect(figures["ndcg@2"]).toBeCloseTo((1 / Math.log2(3) + 0 + 1 + 1 / (1 + 1 / Math.log2(3))) / 4, 6);
  });

  // The folder with gowalla/train.txt.gz and test.txt.gz, LightGCN's split, which the project does not ship.
  const data = process.env.AISLE_DATA;
  if (data !== undefined) {
    it("scores Gowalla as published: Recall@20 .0416, NDCG@20 .0317", () => {
      const read = (file: string) =>
        parseLists(gunzipSync(readFileSync(join(data, "gowalla", file))).toString());
      const { users, figures } = scorePopularity(read("train.txt.gz"), read("test.txt.gz"), 20);
      expect(users.length).toBe(29_858);
      expect(Math.abs(figureValue(figures["recall@20"]) - 0.0416)).toBeLessThanOrEqual(0.00005);
      expect(Math.abs(figureValue(figures["ndcg@20"]) - 0.0317)).toBeLessThanOrEqual(0.00005);
    });
  }
});
