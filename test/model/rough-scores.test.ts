import fc from "fast-check";
import { expect, it } from "vitest";
import { Random } from "../../src/math/random.ts";
import { normOf } from "../../src/model/codes.ts";
import { instructionSets } from "../../src/model/scan.ts";
import { scoreRow } from "../../src/model/score-plainly.ts";
import { Scorer } from "../../src/model/scorer.ts";

function drawn(length: number, random: Random): Float32Array {
  return Float32Array.from({ length }, () => random.next() - 0.5);
}

it("scores every row by its codes alike with every instruction set, within what 8 bits leave of it", () => {
  const sizes = fc.record({
    rank: fc.integer({ min: 1, max: 70 }),
    itemCount: fc.integer({ min: 1, max: 5000 }),
  });
  fc.assert(
    fc.property(sizes, fc.nat(), ({ rank, itemCount }, seed) => {
      const random = new Random(String(seed));
      const factors = drawn(rank * itemCount, random);
      const query = drawn(rank, random);
      const [first, ...others] = instructionSets.map((instructions) =>
        Scorer.over(factors, rank, { instructions }).roughScores(query),
      );
      for (const other of others) expect(other).toEqual(first);
      // Half a step of 1/63 of the largest element in each dimension, and of 1/127 of the query's.
      const bound = normOf(query, 0, rank) * Math.sqrt(rank) * (0.5 / 63 + 0.5 / 127) * 1.1;
      for (let row = 0; row < itemCount; row++) {
        expect(Math.abs(first[row] - scoreRow(query, factors, row))).toBeLessThan(bound);
      }
    }),
    { numRuns: 15 },
  );
});
