import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openDynamoActivity } from "../../src/activity/dynamo-activity.ts";
import { archiveRecords, type StreamRecord } from "../../src/activity/stream-lines.ts";
import { describeActivity, event, exposure, now } from "./activity-suite.ts";
import { DynamoStandIn } from "./dynamo-stand-in.ts";

beforeAll(() => {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, "test");
  vi.stubEnv("AWS_REGION", "eu-central-1");
});
afterAll(() => {
  vi.unstubAllEnvs();
});

async function open(clock = () => now) {
  const standIn = new DynamoStandIn();
  const endpoint = await standIn.start();
  const options = { endpoint, now: clock, keepDays: 30 };
  const here = await openDynamoActivity("activity", options);
  const there = await openDynamoActivity("activity", options);
  const close = () => {
    here.close();
    there.close();
    standIn.stop();
  };
  return { here, there, standIn, close };
}

describeActivity("a table of DynamoDB", open);

describe("a table of DynamoDB, besides,", () => {
  it("lets events, exposures and sessions go after their time, and hides what the table still keeps", async () => {
    let clock = now;
    const { here, standIn, close } = await open(() => clock);
    await here.putEvents([event({ eventId: "a", userId: "u" })]);
    await here.putExposure(exposure({ userId: "u" }));
    await here.putItems([{ itemId: "mug", properties: { price: 1 } }]);
    const kept = [...standIn.items.values()].map((item) => [item.pk.S, Number(item.expires?.N)]);
    const expires = now / 1000 + 30 * 86_400;
    expect(kept.filter(([pk]) => pk !== "items").map(([, at]) => at)).toEqual([
      expires,
      expires,
      expires,
      expires,
    ]);
    expect(kept.find(([pk]) => pk === "items")?.[1]).toBeNaN();
    clock += 31 * 86_400_000;
    expect((await here.read({ userId: "u", sessionId: "s1" })).events).toEqual([]);
    expect(await here.itemChanges(0)).toHaveLength(1);
    close();
  });

  it("loses nothing silently: what cannot be written is an error that names the table", async () => {
    const { here, standIn, close } = await open();
    standIn.failing = true;
    await expect(here.putEvents([event({ eventId: "a" })])).rejects.toThrow(
      "dynamodb:activity: the stand-in fails",
    );
    await expect(here.read({ userId: "u" })).rejects.toThrow("dynamodb:activity");
    close();
  });

  it("holds no byte of an erased user", async () => {
    const { here, standIn, close } = await open();
    await here.putEvents([
      event({ eventId: "before" }),
      event({ eventId: "a", userId: "somebody-to-forget" }),
    ]);
    await here.putExposure(exposure({ userId: "somebody-to-forget" }));
    expect(JSON.stringify([...standIn.items])).toContain("somebody-to-forget");
    await here.eraseUser("somebody-to-forget", "a key", now / 1000);
    expect(JSON.stringify([...standIn.items])).not.toContain("somebody-to-forget");
    close();
  });
});

describe("the lines for the archive", () => {
  it("are what the table's stream replays to: each event of a user once, exposures beside", async () => {
    const { here, standIn, close } = await open();
    await here.putEvents([event({ eventId: "before", value: 3, properties: { a: 1 } })]);
    await here.putEvents([event({ eventId: "login", userId: "u", recommendationId: "r1" })]);
    await here.putEvents([event({ eventId: "login", userId: "u" })]);
    await here.putExposure(exposure({ userId: "u", arm: "b" }));
    await here.putItems([{ itemId: "mug", properties: { price: 1 } }]);
    await here.eraseUser("u", "a key", now / 1000);
    const lines = archiveRecords(standIn.stream as StreamRecord[]).map((record) => JSON.stringify(record));
    const common = { session_id: "s1", item_id: "mug", event_type: "View", timestamp: now / 1000 };
    const before = { ...common, event_id: "before", event_value: 3, properties: { a: 1 } };
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { aisle_record: "session-event", ...before },
      { aisle_record: "event", ...before, user_id: "u" },
      { aisle_record: "event", ...common, event_id: "login", user_id: "u", recommendation_id: "r1" },
      {
        ...{
          aisle_record: "exposure",
          recommendation_id: "r1",
          user_id: "u",
          timestamp: now / 1000,
          arm: "b",
        },
        ...{ model: "v1", channel: "production", source: "als", rows: exposure().rows },
      },
    ]);
    close();
  });

  it("say which of a user's events training cannot use", async () => {
    const { here, standIn, close } = await open();
    await here.putEvents([
      event({ eventId: "search", userId: "u", itemId: undefined, eventType: "Search" }),
      event({ eventId: "hidden", userId: "u", eventType: "hide" }),
      event({ eventId: "view", userId: "u" }),
    ]);
    expect(archiveRecords(standIn.stream as StreamRecord[])).toMatchObject([
      { aisle_record: "other-event", event_id: "search" },
      { aisle_record: "other-event", event_id: "hidden" },
      { aisle_record: "event", event_id: "view" },
    ]);
    close();
  });

  it("pass over what is no insertion", () => {
    expect(
      archiveRecords([
        {},
        { eventName: "REMOVE", dynamodb: {} },
        { eventName: "INSERT", dynamodb: { NewImage: {} } },
      ]),
    ).toEqual([]);
  });
});
