import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SparseRows, transpose } from "../../src/math/sparse.ts";

/** Rows from a dense picture, 0 meaning no entry. */
function sparse(dense: number[][], columnCount: number): SparseRows {
  const starts = new Uint32Array(dense.length + 1);
  const columns: number[] = [];
  const values: number[] = [];
  for (const [r, row] of dense.entries()) {
    for (const [c, value] of row.entries()) {
      if (value !== 0) {
        columns.push(c);
        values.push(value);
      }
    }
    starts[r + 1] = columns.length;
  }
  const arrays = { columns: Uint32Array.from(columns), values: Float32Array.from(values) };
  return { rowCount: dense.length, columnCount, starts, ...arrays };
}

describe("transpose", () => {
  const matrix = fc
    .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 8 }))
    .chain(([width, height]) =>
      fc.array(fc.array(fc.nat(3), { minLength: width, maxLength: width }), {
        minLength: height,
        maxLength: height,
      }),
    )
    .map((dense) => sparse(dense, dense[0]?.length ?? 3));

  it("moves every entry to its place, and twice is the same matrix", () => {
    fc.assert(
      fc.property(matrix, (rows) => {
        const turned = transpose(rows);
        expect(transpose(turned)).toEqual(rows);
        expect(
          entriesOf(turned)
            .map(([c, r, value]) => [r, c, value])
            .sort(),
        ).toEqual(entriesOf(rows).sort());
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

/** [row, column, value] of each entry. */
function entriesOf({ rowCount, starts, columns, values }: SparseRows): [number, number, number][] {
  return Array.from({ length: rowCount }, (_, row) => row).flatMap((row) =>
    Array.from(columns.subarray(starts[row], starts[row + 1]), (column, at): [number, number, number] => [
      row,
      column,
      values[starts[row] + at],
    ]),
  );
}
