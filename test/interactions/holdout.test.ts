import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventLog } from "../../src/interactions/event-log.ts";
import { HoldOutError, type HoldOutMethod, holdOut, type Split } from "../../src/interactions/holdout.ts";
import { joinLogs } from "../../src/interactions/joined-log.ts";
import { eventsOf, type MadeEvent, makeLog } from "./made-log.ts";

const day = 86_400;

/** One user's items in order, the part that each went to. */
function partsOf(split: Split, user: string): Record<"train" | "validation" | "test", string> {
  const items = (log: EventLog) =>
    eventsOf(log)
      .filter((event) => event.user === user)
      .map(({ item }) => item)
      .join("");
  return { train: items(split.train), validation: items(split.validation), test: items(split.test) };
}

function oneUser(items: string, made: (place: number) => Partial<MadeEvent> = () => ({})): MadeEvent[] {
  return [...items].map((item, place) => ({ user: "u", item, ...made(place) }));
}

describe("holdOut", () => {
  it("divides by time: the last tenth is the test, a tenth of the rest validation", () => {
    const log = makeLog(oneUser("abcdefghijklmnopqrst", (place) => ({ time: (20 - place) * day })));
    const split = holdOut(log, { seed: 1 });
    expect(partsOf(split, "u")).toEqual({ train: "defghijklmnopqrst", validation: "c", test: "ab" });
    expect(split).toMatchObject({
      method: "time",
      leaking: false,
      testFrom: 19 * day,
      validationFrom: 18 * day,
    });
    expect(split.sentence).toBe(
      "Split by time: trained on 17 events, validated on 1 event from 1970-01-19, tested on 2 events from 1970-01-20.",
    );
  });

  it("keeps equal times together, and something before the cut", () => {
    const times = [5, 5, 5, 5, 7, 7, 7, 7, 7, 7];
    const split = holdOut(makeLog(oneUser("abcdefghij", (place) => ({ time: times[place] }))), { seed: 1 });
    expect(partsOf(split, "u")).toEqual({ train: "abcd", validation: "", test: "efghij" });
    const equal = holdOut(makeLog(oneUser("abc", () => ({ time: 5 }))), { seed: 1, testFraction: 0.5 });
    expect(partsOf(equal, "u")).toEqual({ train: "abc", validation: "", test: "" });
    expect(equal.testFrom).toBeUndefined();
  });

  it("cuts at the dates that are given", () => {
    const log = makeLog(oneUser("abcdefgh", (place) => ({ time: place * day })));
    const split = holdOut(log, { seed: 1, validationFrom: 3 * day, testFrom: 6 * day });
    expect(partsOf(split, "u")).toEqual({ train: "abc", validation: "def", test: "gh" });
    expect(partsOf(holdOut(log, { seed: 1, testFrom: 5 * day }), "u")).toMatchObject({
      train: "abcde",
      test: "fgh",
    });
    for (const testFrom of [0, 99 * day]) {
      expect(() => holdOut(log, { seed: 1, testFrom })).toThrow(/from 1970-01-01 to 1970-01-08/);
    }
    expect(() => holdOut(log, { seed: 1, validationFrom: 7 * day, testFrom: 6 * day })).toThrow(HoldOutError);
  });

  it("takes each user's last rows where there are no times", () => {
    const log = makeLog([
      ...oneUser("abcdefghijklmnopqrst"),
      { user: "v", item: "a" },
      ...oneUser("uvwxyz1234"),
    ]);
    const split = holdOut(log, { seed: 1 });
    expect(partsOf(split, "u")).toEqual({
      train: "abcdefghijklmnopqrstuvwxy",
      validation: "z1",
      test: "234",
    });
    expect(partsOf(split, "v")).toEqual({ train: "a", validation: "", test: "" });
    expect(split).toMatchObject({ method: "last-rows", leaking: false });
    expect(split.sentence).toMatch(/no times, so each user's last rows/);
  });

  it("takes each user's last order as test, the one before as validation, and says that it leaks", () => {
    const log = makeLog([
      ...oneUser("abcdef", (place) => ({ time: place * 10, basket: `order ${Math.floor(place / 2)}` })),
      { user: "once", item: "a", time: 1, basket: "x" },
      { user: "once", item: "b", time: 1, basket: "x" },
    ]);
    const split = holdOut(log, { seed: 1, method: "last-basket" });
    expect(partsOf(split, "u")).toEqual({ train: "ab", validation: "cd", test: "ef" });
    expect(partsOf(split, "once").train).toBe("ab");
    expect(split.leaking).toBe(true);
    expect(split.sentence).toMatch(/last order is the test.*leaks across users/);
    const byDay = makeLog(oneUser("abc", (place) => ({ time: place * 0.6 * day })));
    expect(partsOf(holdOut(byDay, { seed: 1, method: "last-basket" }), "u")).toMatchObject({
      train: "ab",
      test: "c",
    });
  });

  it("draws a part of each user's items from lists, the same for the same seed, an item never in two parts", () => {
    const items = Array.from({ length: 40 }, (_, place) => String.fromCharCode(97 + (place % 20))).join("");
    const log = makeLog(oneUser(items), { unordered: true });
    const split = holdOut(log, { seed: 7 });
    const parts = partsOf(split, "u");
    expect([parts.train.length, parts.validation.length, parts.test.length]).toEqual([34, 2, 4]);
    expect(
      new Set(`${[...new Set(parts.train)].join("")}${[...new Set(parts.validation + parts.test)].join("")}`)
        .size,
    ).toBe(20);
    expect([...parts.test].some((item) => parts.train.includes(item))).toBe(false);
    expect(partsOf(holdOut(log, { seed: 7 }), "u")).toEqual(parts);
    expect(partsOf(holdOut(log, { seed: 8 }), "u")).not.toEqual(parts);
    expect(split).toMatchObject({ method: "lists", leaking: false });
    expect(split.sentence).toMatch(/drawn \(seed 7\)/);
  });

  it("leaves the test to a hold-out file, and takes validation from the training data", () => {
    const log = makeLog(oneUser("abcdefghij", (place) => ({ time: (place + 1) * day })));
    const holdout = makeLog([{ user: "stranger", item: "z", time: 11 * day }]);
    const split = holdOut(log, { seed: 1, holdout });
    expect(split.test).toBe(holdout);
    expect(partsOf(split, "u")).toEqual({ train: "abcdefghi", validation: "j", test: "" });
    expect(split).toMatchObject({ method: "file", leaking: false });
    expect(split.sentence).toBe(
      "Tested on the 1 event of the hold-out file alone; trained on 9 events, validated on 1 event (the last events by time of the training data).",
    );
    const early = holdOut(log, { seed: 1, holdout: makeLog([{ user: "u", item: "z", time: 2 * day }]) });
    expect(early.leaking).toBe(true);
    expect(() => holdOut(log, { seed: 1, holdout, testFrom: day })).toThrow(/name one/);
  });

  it("refuses what the data do not allow", () => {
    const timeless = makeLog(oneUser("abc"));
    expect(() => holdOut(timeless, { seed: 1, method: "time" })).toThrow(/needs the time of every event/);
    expect(() => holdOut(timeless, { seed: 1, method: "last-basket" })).toThrow(HoldOutError);
    expect(() => holdOut(timeless, { seed: 1, testFrom: 5 })).toThrow(/by last-rows, not by time/);
    expect(() => holdOut(timeless, { seed: 1, testFraction: 1 })).toThrow(/testFraction is 1/);
  });

  it("divides an empty log, one event, and nothing where nothing is asked for", () => {
    for (const method of ["last-rows", "lists"] as const) {
      expect(holdOut(makeLog([]), { seed: 1, method }).test.length).toBe(0);
    }
    const one = makeLog([{ user: "u", item: "a", time: 5 }]);
    expect(partsOf(holdOut(one, { seed: 1 }), "u")).toEqual({ train: "a", validation: "", test: "" });
    const none = holdOut(makeLog(oneUser("abcdef")), { seed: 1, testFraction: 0, validationFraction: 0 });
    expect(partsOf(none, "u").train).toBe("abcdef");
  });

  it("loses no event, doubles none, and keeps the log's order in every part", () => {
    const event = fc.record({
      user: fc.constantFrom("u", "v", "w"),
      item: fc.constantFrom("a", "b", "c", "d"),
      time: fc.integer({ min: 1, max: 9 }).map((days) => days * day),
    });
    const methods = fc.constantFrom<HoldOutMethod>("time", "last-rows", "last-basket", "lists");
    const fraction = fc.constantFrom(0, 0.1, 0.5, 0.9);
    const law = (
      events: MadeEvent[],
      method: HoldOutMethod,
      testFraction: number,
      validationFraction: number,
    ) => {
      // The value marks each event, so that equal ones can be told apart.
      const log = makeLog(events.map((made, place) => ({ ...made, value: place })));
      const split = holdOut(log, { seed: 3, method, testFraction, validationFraction });
      const values = [split.train, split.validation, split.test].map((part) => [...part.value]);
      for (const part of values) expect(part).toEqual([...part].sort((a, b) => a - b));
      expect(values.flat().sort((a, b) => a - b)).toEqual([...log.value]);
      // Whoever has events has some to be learnt from, unless time decides.
      if (method !== "time") expect(new Set(split.train.user)).toEqual(new Set(log.user));
      const again = joinLogs(joinLogs(split.train, split.validation), split.test);
      expect([...again.value].sort((a, b) => a - b)).toEqual([...log.value]);
    };
    const property = fc.property(
      fc.array(event, { minLength: 1, maxLength: 30 }),
      methods,
      fraction,
      fraction,
      law,
    );
    fc.assert(property, { seed: 1, numRuns: 200 });
  });
});

describe("joinLogs", () => {
  it("numbers ids, types and baskets of logs that were read apart anew", () => {
    const first = makeLog([{ user: "u", item: "a", time: 1, basket: "1" }]);
    const second = makeLog([
      { user: "v", item: "b", type: "Purchase", time: 2, basket: "1" },
      { user: "u", item: "b", type: "view", time: 3 },
    ]);
    const joined = joinLogs(first, second);
    expect(eventsOf(joined).map(({ user, item, type }) => `${user} ${item} ${type}`)).toEqual([
      "u a View",
      "v b Purchase",
      "u b View",
    ]);
    expect(joined.basket).toEqual(Uint32Array.of(1, 2, 0));
    expect(joined.hasTime).toBe(true);
  });
});
