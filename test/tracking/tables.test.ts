import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queryRows, RunQueryError, UnknownColumnError } from "../../src/tracking/row-query.ts";
import { columnsOf, type Row, toCsv, trialRows } from "../../src/tracking/trial-table.ts";
import { smallRun } from "./small-run.ts";

const rows: Row[] = [
  { trial: 0, factors: 64, unobservedWeight: 0.2, outcome: "finished", value: 0.3 },
  { trial: 1, factors: 32, unobservedWeight: 0.06, outcome: "failed", error: "no memory" },
  { trial: 2, factors: 128, unobservedWeight: 0.2, outcome: "finished", value: 0.1 },
];
const numbers = (where: string[], sort?: string) =>
  queryRows(rows, { where, sort }).map(({ trial }) => trial);

describe("rows that are asked for", () => {
  it.each([
    [["factors=64"], [0]],
    [["factors>=64"], [0, 2]],
    [["factors<64"], [1]],
    [["unobserved-weight = 0.20"], [0, 2]],
    [["Unobserved_Weight!=0.2"], [1]],
    [["outcome=finished", "value>0.2"], [0]],
    [["error!=no memory"], [0, 2]],
    [["value<1"], [0, 2]],
    [["factors=many"], []],
    [["factors>many"], []],
  ])("%j are %j", (where, expected) => {
    expect(numbers(where)).toEqual(expected);
  });

  it("rise or fall by a column, and what has no value comes last", () => {
    expect(numbers([], "value")).toEqual([2, 0, 1]);
    expect(numbers([], "-value")).toEqual([0, 2, 1]);
    expect(numbers([], "-outcome")).toEqual([0, 2, 1]);
  });

  it("are refused by what is no condition or no column, which says what there is", () => {
    expect(() => numbers(["factors"])).toThrow(RunQueryError);
    expect(() => numbers(["factor=64"])).toThrow(/no column "factor"; there are: trial, outcome, factors/);
    expect(() => numbers([], "when")).toThrow(UnknownColumnError);
  });
});

describe("a run's trials as CSV", () => {
  it("have all settings and all metrics as columns", () => {
    const csv = toCsv(trialRows(smallRun));
    const [finished, failed] = parse(csv, { columns: true }) as Record<string, string>[];
    expect(finished).toMatchObject({
      ...{
        run: "r1",
        trial: "0",
        outcome: "finished",
        chosen: "yes",
        factors: "64",
        unobservedWeight: "0.2",
      },
      ...{ halfLife: "none", "weight.purchase": "5", "param.alpha": "40", servingPopularityExponent: "0" },
      ...{
        metric: "ndcg@10 on all items",
        value: "0.3",
        valueLow: "0.28",
        valueHigh: "0.32",
        bestIteration: "2",
      },
      ...{ "test all ndcg@10": "0.31", "test all ndcg@10Low": "0.29", "test new recall@20": "0.1" },
      ...{ seconds: "1.5", peakMemoryMiB: "256", dataDigest: "abc", error: "" },
    });
    expect(failed).toMatchObject({
      trial: "1",
      outcome: "failed",
      value: "",
      error: 'it said "no", and left',
    });
  });

  it("read back as they were, whatever is in them", () => {
    const cell = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
      fc.string({ unit: fc.constantFrom('"', ",", "\r", "\n", "=", "'", "a", "é", " ") }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), cell, { minKeys: 1, maxKeys: 4 }), {
          minLength: 1,
        }),
        (made) => {
          const columns = columnsOf(made);
          const read = parse(toCsv(made), { relax_column_count: false }) as string[][];
          expect(read[0]).toEqual(columns);
          made.forEach((row, at) => {
            const plain = columns.map((column) => String(row[column] ?? ""));
            expect(read[at + 1].map((text) => text.replace(/^'(?=[=+\-@\t\r])/, ""))).toEqual(
              plain.map((text) => text.replace(/^'(?=[=+\-@\t\r])/, "")),
            );
          });
        },
      ),
      { numRuns: 30, seed: 1 },
    );
  });

  it("hold no formula that a spreadsheet would run", () => {
    expect(toCsv([{ error: "=1+1" }])).toBe("error\r\n'=1+1\r\n");
    expect(toCsv([{ value: -1 }])).toBe("value\r\n-1\r\n");
  });
});
