import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { popularity } from "../../src/evaluation/baselines/popularity.ts";
import { evaluate } from "../../src/evaluation/evaluate.ts";
import { holdOutTruth } from "../../src/evaluation/held-out.ts";
import { figureValue } from "../../src/evaluation/metrics.ts";
import { type EventLog, EventLogBuilder } from "../../src/interactions/event-log.ts";
import { interactionsOf } from "./shops.ts";

// The folder with gowalla/train.txt.gz and test.txt.gz: LightGCN's split, which the project does not ship.
const data = process.env.AISLE_DATA;

/** Lines of `user item item …`. */
function readLists(file: string): EventLog {
  const builder = new EventLogBuilder({ unordered: true });
  const text = gunzipSync(readFileSync(join(data ?? "", "gowalla", file))).toString();
  for (const line of text.split("\n")) {
    const [userId, ...itemIds] = line.split(" ").filter((id) => id !== "");
    for (const itemId of itemIds) {
      builder.add({ userId, itemId, eventType: "interaction", time: Number.NaN, value: 0 });
    }
  }
  return builder.build();
}

describe.runIf(data !== undefined)("LightGCN's Gowalla split", () => {
  it("scores popularity as published: Recall@20 .0416, NDCG@20 .0317", () => {
    const train = readLists("train.txt.gz");
    const interactions = interactionsOf(train);
    const truth = holdOutTruth(interactions, readLists("test.txt.gz"));
    const recommend = popularity.fit(interactions, train);
    const report = evaluate(recommend, truth, { ks: [20], tasks: ["new"], resamples: 0, seed: 1 });
    const { users, figures } = report.tasks.new!;
    expect(users.length).toBe(29_858);
    expect(Math.abs(figureValue(figures["recall@20"]) - 0.0416)).toBeLessThanOrEqual(0.00005);
    expect(Math.abs(figureValue(figures["ndcg@20"]) - 0.0317)).toBeLessThanOrEqual(0.00005);
  });
});
