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

  it("twice is the same matrix, and the order leads back", () => {
    fc.assert(
      fc.property(matrix, (rows) => {
        const turned = transpose(rows);
        const { order: _, ...back } = transpose(turned);
        expect(back).toEqual(rows);
        expect(Array.from(turned.order, (k) => rows.values[k])).toEqual([...turned.values]);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});
