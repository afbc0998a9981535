import { describe, expect, it } from "vitest";
import { listNumber, nameDay, percent, percentRange, times } from "../../src/admin/wording.ts";

/** A Wednesday, a quarter past midnight in Berlin and still Tuesday in London. */
const now = Date.UTC(2026, 5, 9, 22, 15);

describe("whose model it is", () => {
  it.each([
    ["2026-06-09T08:00:00Z", "Europe/London", "Today's"],
    ["2026-06-09T08:00:00Z", "Europe/Berlin", "Yesterday's"],
    ["2026-06-07T12:00:00Z", "Europe/Berlin", "Sunday's"],
    ["2026-06-04T12:00:00Z", "Europe/Berlin", "Thursday's"],
    ["2026-06-02T12:00:00Z", "Europe/Berlin", "The 2 June"],
    ["2025-12-31T23:30:00Z", "Europe/Berlin", "The 1 January"],
    ["2025-12-31T23:30:00Z", "UTC", "The 31 December 2025"],
    ["2027-01-01T00:00:00Z", "UTC", "The 1 January 2027"],
  ])("made at %s is for %s %s", (createdAt, timeZone, name) => {
    expect(nameDay(createdAt, { now, timeZone })).toBe(name);
  });
});

describe("figures in words", () => {
  it("keep a digit where they would be nothing without it", () => {
    expect([0, 0.004, 0.0094, 0.0096, 0.124, 0.96, 1, 1.5].map(percent)).toEqual([
      ...["0 %", "0.4 %", "0.9 %", "1 %", "12 %", "96 %", "100 %", "150 %"],
    ]);
  });

  it("say a range on one side of zero without its sign, and one across it with both", () => {
    expect(percentRange({ low: 0.09, high: 0.15 })).toBe("9–15");
    expect(percentRange({ low: -0.15, high: -0.09 })).toBe("9–15");
    expect(percentRange({ low: -0.03, high: 0.04 })).toBe("−3 to 4 %");
  });

  it("say a multiple where it is more than as much again", () => {
    expect(times({ value: 3.497, low: 3.14, high: 3.851 })).toBe("4.5 times (4.1–4.9)");
  });

  it("count in words", () => {
    expect([1, 2, 12].map(listNumber)).toEqual(["One thing", "Two things", "12 things"]);
  });
});
