import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IdTable, IdTableBuilder } from "../../src/math/id-table.ts";

const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }), { maxLength: 300 });

describe("IdTable", () => {
  it("finds every id at its row and no other", () => {
    fc.assert(
      fc.property(ids, fc.string({ minLength: 1 }), (list, stranger) => {
        const table = IdTable.from(list);
        expect([...table]).toEqual(list);
        for (const [row, id] of list.entries()) expect(table.row(id)).toBe(row);
        if (!list.includes(stranger)) expect(table.row(stranger)).toBe(-1);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("gives a repeated id its first row", () => {
    const builder = new IdTableBuilder();
    expect(["a", "b", "a", "c"].map((id) => builder.add(id))).toEqual([0, 1, 0, 2]);
  });

  it("refuses what it cannot hold, and never finds it", () => {
    const builder = new IdTableBuilder();
    expect(() => builder.add("")).toThrow(/empty/);
    expect(() => builder.add("é".repeat(600))).toThrow(/1024 bytes/);
    expect(builder.build().row("x".repeat(5000))).toBe(-1);
    expect(() => builder.build().id(0)).toThrow(RangeError);
  });

  it("ends its search in a damaged table without an empty slot", () => {
    const { arrays } = IdTable.from(["a", "b"]);
    const full = new IdTable({ ...arrays, slots: arrays.slots.map(() => 1) });
    expect(full.row("z")).toBe(-1);
  });
});
