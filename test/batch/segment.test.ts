import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BatchThreads } from "../../src/batch/batch-threads.ts";
import { bestUsers } from "../../src/batch/segment.ts";
import { findSegment } from "../../src/batch/write-segment.ts";
import { layOutModel } from "../../src/model/layout.ts";
import { openModel } from "../../src/model/model.ts";
import { TopRows } from "../../src/model/top-rows.ts";
import type { Snapshot } from "../../src/serving/snapshot.ts";
import { smallContents } from "../model/small-shop.ts";
import { type Stored, storedServing } from "../serving/stored-serving.ts";

let shop: Stored;
let snapshot: Snapshot;
let threads: BatchThreads;

beforeAll(async () => {
  shop = await storedServing();
  snapshot = shop.serving.loaded as Snapshot;
  threads = new BatchThreads(snapshot, 1);
});
afterAll(() => threads.close());

const question = { itemId: "ítem 4", k: 500, hide: "purchased" as const };

describe("a segment", () => {
  it("is everybody whose answer has the item, by the score that it has there", async () => {
    const expected = [...snapshot.model.users].flatMap((userId) => {
      const { items } = shop.serving.answer({ userId, numResults: 500 });
      const row = items.find(({ itemId, source }) => itemId === "ítem 4" && source === "als");
      return row === undefined ? [] : [{ userId, score: row.score as number }];
    });
    expect(expected.length).toBeGreaterThan(30);
    expect(expected.length).toBeLessThan(snapshot.model.userCount);
    // Equal scores stay in the order of the model's users, as a stable sort leaves them.
    expected.sort((a, b) => b.score - a.score);
    const ranked = expected.map((user, at) => ({ ...user, rank: at + 1 }));
    expect(await findSegment(snapshot, threads, question)).toEqual(ranked);
    expect(await findSegment(snapshot, threads, { ...question, k: 7 })).toEqual(ranked.slice(0, 7));
  });

  it("is the same in pieces, and with users' rows folded in to within rounding", async () => {
    const { model } = snapshot;
    const range = { itemRow: 4, k: 9, hide: "interacted" as const };
    const whole = bestUsers(model, { ...range, from: 0, to: model.userCount });
    const top = new TopRows(9);
    for (let from = 0; from < model.userCount; from += 11) {
      const part = bestUsers(model, { ...range, from, to: Math.min(from + 11, model.userCount) });
      part.rows.forEach((row, at) => {
        top.offer(row, part.scores[at]);
      });
    }
    expect(top.take()).toEqual(whole);
    const folded = openModel(layOutModel({ ...(await smallContents()), userFactors: false }), "folded");
    expect(folded.hasUserFactors).toBe(false);
    const other = bestUsers(folded, { ...range, from: 0, to: model.userCount });
    other.scores.forEach((score, at) => {
      expect(score).toBeCloseTo(whole.scores[at], 4);
    });
  });

  it("leaves out who was erased", async () => {
    const [first] = await findSegment(snapshot, threads, { ...question, k: 1 });
    await shop.serving.eraseUser(first.userId);
    const { erasures } = shop.source;
    const left = await findSegment(snapshot, threads, { ...question, erasures });
    expect(left.map(({ userId }) => userId)).not.toContain(first.userId);
  });

  it("says what it cannot know", async () => {
    const unknown = findSegment(snapshot, threads, { ...question, itemId: "nowhere" });
    await expect(unknown).rejects.toThrow(/"nowhere" is not in the model yet/);
  });
});
