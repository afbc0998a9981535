import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openSqliteActivity } from "../../src/activity/sqlite-activity.ts";
import { aisle } from "./aisle-process.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-attribution-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("prints what came of answers, from the store of activity", async () => {
  const path = join(folder, "activity.sqlite");
  const store = await openSqliteActivity(path);
  const rows = ["mug", "cup"].map((itemId, at) => ({ itemId, position: at + 1, source: "als" }));
  const answer = { model: "m1", channel: "production", source: "als", rows };
  await store.putExposure({ ...answer, recommendationId: "r1", userId: "u", time: 100 });
  const event = { userId: "u", sessionId: "s", itemId: "cup", time: 200, recommendationId: "r1" };
  await store.putEvents([
    { ...event, eventId: "1", eventType: "View" },
    { ...event, eventId: "2", eventType: "Purchase", value: 5 },
  ]);
  store.close();
  const { code, stdout } = await aisle(["attribution", "--events", `sqlite:${path}`]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^1 answers, 2 events of which 2 are owed to a row that was shown$/m);
  expect(stdout).toMatch(/^row +als +1 +2 +50\.00 % \[50\.00, 50\.00\] .* 1 +2500\.00 /m);
  expect((await aisle(["attribution"])).code).toBe(2);
});
