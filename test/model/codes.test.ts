import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/math/random.ts";
import { blockCountOf, blockRows, codeOffsets, codesAt, planCodes } from "../../src/model/code-layout.ts";
import { encodeItems } from "../../src/model/codes.ts";
import { QueryCodes, queryBytes } from "../../src/model/query-codes.ts";
import { instructionSets, openScan, scratchBytes } from "../../src/model/scan.ts";
import { scanPlainly } from "../../src/model/scan-plainly.ts";
import { cosine, scoreRow } from "../../src/model/score-plainly.ts";

/** Factors in a memory of their own, encoded. */
function encode(factors: Float32Array, rank: number) {
  const itemCount = factors.length / rank;
  const plan = planCodes(rank, itemCount);
  const memory = new WebAssembly.Memory({ initial: 160 });
  const { buffer } = memory;
  const codes = codesAt(buffer, plan, itemCount, 0);
  const { end: scratchOffset } = codeOffsets(plan, itemCount, 0);
  expect(scratchOffset + scratchBytes).toBeLessThan(buffer.byteLength);
  encodeItems(factors, plan, codes);
  return { codes, plan, memory, scratchOffset };
}

/** Rows of very different sizes; some of them again, some zero. */
function drawFactors(rank: number, itemCount: number, random: Random, size: number): Float32Array {
  const factors = new Float32Array(rank * itemCount);
  for (let row = 0; row < itemCount; row++) {
    const kind = random.integer(8);
    if (kind === 0) continue;
    if (kind === 1 && row > 0) {
      factors.copyWithin(row * rank, (row - 1) * rank, row * rank);
      continue;
    }
    const scale = size * 10 ** -random.integer(4);
    for (let k = 0; k < rank; k++) factors[row * rank + k] = (random.next() - 0.5) * scale * 0.9 ** k;
  }
  return factors;
}

const problem = fc.record({
  rank: fc.constantFrom(1, 2, 3, 15, 16, 17, 40, 64, 128, 700),
  itemCount: fc.constantFrom(1, 5, 64, 65, 200),
  seed: fc.integer(),
  size: fc.constantFrom(1e-44, 1e-38, 1e-6, 1, 1e25),
});

describe("codes", () => {
  it("keep the places in order of falling norm", () => {
    const { codes } = encode(new Float32Array([0, 3, -1, 3, 2]), 1);
    expect([...codes.rows]).toEqual([1, 3, 4, 2, 0]);
  });

  it("never rule out an item that reaches the threshold, by score or by cosine", () => {
    fc.assert(
      fc.property(problem, fc.boolean(), ({ rank, itemCount, seed, size }, isPerNorm) => {
        const random = new Random(seed);
        const factors = drawFactors(rank, itemCount, random, size);
        const { codes, plan } = encode(factors, rank);
        const query = new QueryCodes(plan, new ArrayBuffer(queryBytes), 0, false);
        const item = random.integer(itemCount);
        const along = factors.slice(item * rank, (item + 1) * rank);
        const x = random.integer(2)
          ? along
          : Float32Array.from({ length: rank }, () => (random.next() - 0.5) * size);
        query.encode(x);
        const norm = Math.hypot(...x);
        const found = new Uint32Array(itemCount + blockRows);
        for (let drawn = 0; drawn < 5; drawn++) {
          const goal = random.integer(itemCount);
          const reached = isPerNorm
            ? Math.max(0, cosine(factors, rank, item, goal))
            : scoreRow(x, factors, goal);
          if (isPerNorm && x !== along) continue;
          query.threshold = isPerNorm ? reached * norm * (1 - 2 ** -38) : reached;
          const order = { fromBlock: 0, toBlock: blockCountOf(codes), isPerNorm };
          const count = scanPlainly({ codes, plan }, query, found, { ...order, foundMax: found.length + 1 });
          const kept = new Set(Array.from(found.subarray(0, count), (place) => codes.rows[place]));
          for (let row = 0; row < itemCount; row++) {
            const value = isPerNorm ? cosine(factors, rank, item, row) : scoreRow(x, factors, row);
            if (value >= reached && !(isPerNorm && value === 0)) expect(kept).toContain(row);
          }
        }
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it("are scanned alike by every instruction set", () => {
    fc.assert(
      fc.property(problem, fc.boolean(), ({ rank, itemCount, seed, size }, isPerNorm) => {
        const random = new Random(seed);
        const factors = drawFactors(rank, itemCount, random, size);
        const x = Float32Array.from({ length: rank }, () => (random.next() - 0.5) * size);
        const encoded = encode(factors, rank);
        const threshold = scoreRow(x, factors, random.integer(itemCount)) * (isPerNorm ? 1 / size : 1);
        const runs = instructionSets.map((instructions) => {
          const scan = openScan(encoded, { instructions });
          scan.query.encode(x);
          scan.query.threshold = threshold;
          const blocks = blockCountOf(encoded.codes);
          const count = scan.run({ fromBlock: 0, toBlock: blocks, isPerNorm });
          return { places: [...scan.found.subarray(0, count)], next: scan.query.nextBlock };
        });
        expect(runs[1]).toEqual(runs[0]);
        expect(runs[2]).toEqual(runs[0]);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("are scanned no further than there is room for what is found", () => {
    const rank = 4;
    const factors = new Float32Array(rank * 20_000).fill(1);
    for (const instructions of instructionSets) {
      const encoded = encode(factors, rank);
      const scan = openScan(encoded, { instructions });
      scan.query.encode(new Float32Array(rank).fill(1));
      scan.query.threshold = -Infinity;
      expect(scan.run({ fromBlock: 3, toBlock: 300, isPerNorm: false })).toBe(4096);
      expect(scan.query.nextBlock).toBe(3 + 64);
    }
  });
});
