import { expect, test } from "vitest";
import { EventLogBuilder, rowsWhere, selectEvents } from "../../src/interactions/event-log.ts";
import { eventsOf } from "./made-log.ts";

const event = (itemId: string) => ({
  userId: "u",
  itemId,
  eventType: "View",
  time: 1,
  value: 2,
  basket: "b",
});

test("what is added after a log was built is not in it", () => {
  const builder = new EventLogBuilder();
  for (let n = 0; n < 1500; n++) builder.add(event(`a${n}`));
  const log = builder.build();
  const before = structuredClone(eventsOf(log));
  for (let n = 0; n < 3000; n++) builder.add(event(`b${n}`));
  expect(log.length).toBe(1500);
  expect(log.items.count).toBe(1500);
  expect(log.basket?.length).toBe(1500);
  expect(eventsOf(log)).toEqual(before);
  expect(builder.build().length).toBe(4500);
});

test("the rows that pass, rising", () => {
  const builder = new EventLogBuilder();
  for (const id of "abcde") builder.add(event(id));
  const log = builder.build();
  const kept = selectEvents(
    log,
    rowsWhere(log.length, (row) => row % 2 === 0),
  );
  expect(eventsOf(kept).map(({ item }) => item)).toEqual(["a", "c", "e"]);
  expect(rowsWhere(3, () => false)).toEqual(new Uint32Array(0));
});
