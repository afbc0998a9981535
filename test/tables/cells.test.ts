import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellNumber, cellText, cellTime } from "../../src/tables/cells.ts";
import { findColumn } from "../../src/tables/columns.ts";

const noon = Date.UTC(2024, 1, 29, 12, 0, 0) / 1000;

describe("cellTime", () => {
  it.each([
    "2024-02-29T12:00:00Z",
    "2024-02-29 12:00:00",
    "2024-02-29T12:00",
    "2024-02-29T12:00:00.000+00:00",
    "2024-02-29T14:30:00+0230",
    "2024-02-29T07:00:00-05",
    "2024-02-29 12:00:00 UTC",
    String(noon),
    `${noon}000`,
    `${noon}000000`,
    `${noon}.0`,
    noon,
    noon * 1000,
    BigInt(noon) * 1_000_000_000n,
    new Date(noon * 1000),
  ])("understands %s", (cell) => {
    expect(cellTime(cell)).toBe(noon);
  });

  it("takes a day for its midnight, in UTC", () => {
    expect(cellTime("2024-02-29")).toBe(noon - 12 * 3600);
  });

  it.each([
    ...["", "yesterday", "2023-02-29", "2024-13-01", "2024-01-01T24:00:00Z", "01/02/2024", "1e9", "NaN"],
    ...[null, undefined, true, Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN)],
  ])("refuses %s", (cell) => {
    expect(cellTime(cell)).toBeUndefined();
  });

  it("agrees with the platform on every ISO time, and with itself on seconds and milliseconds", () => {
    const times = fc.date({ min: new Date("1975-01-01"), max: new Date("2500-01-01"), noInvalidDate: true });
    const law = (date: Date) => {
      const seconds = date.getTime() / 1000;
      expect(cellTime(date.toISOString())).toBeCloseTo(seconds, 6);
      expect(cellTime(seconds)).toBe(seconds);
      expect(cellTime(date.getTime())).toBe(seconds);
    };
    fc.assert(fc.property(times, law), { seed: 1, numRuns: 200 });
  });
});

describe("cells", () => {
  it("are numbers only where they hold one", () => {
    const read = ["1.5", " 2 ", "", " ", "1,5", "x", "Infinity", null, undefined, true, 7n].map(cellNumber);
    expect(read).toEqual([1.5, 2, ...new Array(8).fill(undefined), 7]);
  });

  it("are text as ids need it", () => {
    expect(["a ", 17850, 12n, null, undefined, false].map(cellText)).toEqual([
      "a ",
      "17850",
      "12",
      "",
      "",
      "false",
    ]);
  });
});

describe("findColumn", () => {
  it("prefers the first name, then the exact one, and forgives case, blanks and dashes", () => {
    expect(findColumn(["item", "Product-ID"], ["item_id", "product_id", "item"])).toBe(1);
    expect(findColumn(["ID", "id"], ["id"])).toBe(1);
    expect(findColumn(["USER ID"], ["user_id"])).toBe(0);
    expect(findColumn(["users"], ["user"])).toBe(-1);
  });
});
