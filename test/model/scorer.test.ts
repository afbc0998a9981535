import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/math/random.ts";
import { instructionSets } from "../../src/model/scan.ts";
import { cosine, nearestPlainly, scoreRow, topKPlainly } from "../../src/model/score-plainly.ts";
import { Scorer } from "../../src/model/scorer.ts";
import type { RankedRows } from "../../src/model/top-rows.ts";

interface Question {
  rank: number;
  factors: Float32Array;
  query: Float32Array;
  k: number;
  hidden?: Uint8Array | undefined;
}

/** What top-K means, written without a heap: score everything, sort by falling score, then by row. */
function sortEverything({ rank, factors, query, k, hidden }: Question) {
  return sortBy((row) => scoreRow(query, factors, row), { itemCount: factors.length / rank, k, hidden });
}

function sortBy(
  scoreOf: (row: number) => number,
  { itemCount, k, hidden }: { itemCount: number; k: number; hidden?: Uint8Array | undefined },
) {
  const rows = Array.from({ length: itemCount }, (_, row) => row).filter((row) => !hidden?.[row]);
  const scores = new Map(rows.map((row) => [row, scoreOf(row)]));
  rows.sort((a, b) => scores.get(b)! - scores.get(a)! || a - b);
  const best = rows.slice(0, k);
  return { rows: best, scores: best.map((row) => scores.get(row)!) };
}

/** The same by cosine with a row: itself and what points away are no answers. */
function sortByCosine(item: number, { rank, factors, k, hidden }: Question) {
  const { rows, scores } = sortBy((row) => cosine(factors, rank, item, row), {
    itemCount: factors.length / rank,
    k: Infinity,
    hidden,
  });
  const kept = rows
    .map((row, at) => ({ row, score: scores[at] }))
    .filter((r) => r.row !== item && r.score > 0);
  return kept.slice(0, k);
}

/** What a search may be told beside: all of what is hidden, or a part of it. */
function maskOf(scorer: Scorer, hidden: Uint8Array | undefined) {
  if (hidden === undefined) return undefined;
  const part = 1 + (hidden.length % 2);
  return scorer.maskPlaces(hidden.map((value, row) => (row % part === 0 ? value : 0)));
}

type Way = [string, (question: Question) => RankedRows, (item: number, question: Question) => RankedRows];

const ways: Way[] = [
  [
    "by scoring everything",
    ({ factors, query, k, hidden }) => topKPlainly(query, factors, k, { hidden }),
    (item, question) => nearestPlainly(item, question, question.k, question.hidden),
  ],
  ...instructionSets.flatMap((instructions) =>
    [false, true].map((isMasked): Way => {
      const scorerOf = ({ factors, rank, hidden }: Question) => {
        const scorer = Scorer.over(factors, rank, { instructions });
        return { scorer, places: isMasked ? maskOf(scorer, hidden) : undefined };
      };
      return [
        `by codes in ${instructions}${isMasked ? ", with a mask" : ""}`,
        (asked) => {
          const { scorer, places } = scorerOf(asked);
          return scorer.topK(asked.query, asked.k, asked.hidden, { places });
        },
        (item, asked) => {
          const { scorer, places } = scorerOf(asked);
          return scorer.nearest(item, asked.k, asked.hidden, places);
        },
      ];
    }),
  ),
];

const denormals = [Math.fround(1e-45), Math.fround(-1e-40)];
/** Elements by how far apart their sizes lie; only the last leaves the 8-bit pass's proven range. */
const elements = {
  modest: fc.constantFrom(0, 0.25, -0.25, 1, -1, Math.fround(0.1), Math.fround(1e-20)),
  wide: fc.oneof(
    fc.float({ min: -1, max: 1, noNaN: true }),
    fc.constantFrom(0, -0, 1, -1, ...denormals, Math.fround(1e27), Math.fround(-1e27)),
    fc.float({ min: Math.fround(-1e27), max: Math.fround(1e27), noNaN: true }),
  ),
  huge: fc.oneof(
    fc.constantFrom(0, -0, 1, ...denormals, Math.fround(3e38), Math.fround(-1e30)),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
  ),
};

const question: fc.Arbitrary<Question> = fc
  .record({
    rank: fc.integer({ min: 1, max: 40 }),
    itemCount: fc.nat(70),
    sizes: fc.constantFrom("modest" as const, "wide" as const, "huge" as const),
  })
  .chain(({ rank, itemCount, sizes }) => {
    const values = (length: number) =>
      fc
        .array(elements[sizes], { minLength: length, maxLength: length })
        .map((list) => Float32Array.from(list));
    return fc.record({
      rank: fc.constant(rank),
      factors: values(rank * itemCount),
      query: values(rank),
      k: fc.nat(itemCount + 5),
      hidden: fc.option(fc.uint8Array({ minLength: itemCount, maxLength: itemCount, max: 1 }), {
        nil: undefined,
      }),
    });
  });

describe.each(ways)("top-K %s", (_, topK, nearest) => {
  test("equals score everything, then sort", () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { rows, scores } = topK(asked);
        const expected = sortEverything(asked);
        expect([...rows]).toEqual(expected.rows);
        expect([...scores]).toEqual(expected.scores);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test("nearest rows equal all cosines, sorted", () => {
    fc.assert(
      fc.property(question, fc.nat(69), (asked, item) => {
        if (item >= asked.factors.length / asked.rank) return;
        const { rows, scores } = nearest(item, asked);
        const found = Array.from(rows, (row, at) => ({ row, score: scores[at] }));
        expect(found).toEqual(sortByCosine(item, asked));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test.each([
    [64, 5000, 20],
    [17, 1000, 1000],
    [1, 20_000, 7],
    [600, 300, 10],
  ])("over many blocks: rank %i, %i items, k %i", (rank, itemCount, k) => {
    const random = new Random(rank);
    const factors = Float32Array.from({ length: rank * itemCount }, () => random.next() - 0.5);
    // Every tenth row is the row before it again.
    for (let row = 10; row < itemCount; row += 10) {
      factors.copyWithin(row * rank, (row - 1) * rank, row * rank);
    }
    const query = Float32Array.from({ length: rank }, () => random.next() - 0.5);
    const hidden = Uint8Array.from({ length: itemCount }, () => random.integer(2));
    // A filter that leaves few items, anywhere in memory and with any value for what is hidden.
    const filter = new Uint8Array(itemCount + 1).subarray(1);
    for (let row = 0; row < itemCount; row++)
      filter[row] = random.integer(60) === 0 ? 0 : 1 + random.integer(2);
    for (const asked of [
      { rank, factors, query, k },
      { rank, factors, query, k, hidden },
      { rank, factors, query, k, hidden: filter },
      { rank, factors, query, k, hidden: filter.slice() },
    ]) {
      const { rows, scores } = topK(asked);
      expect({ rows: [...rows], scores: [...scores] }).toEqual(sortEverything(asked));
      const near = nearest(itemCount >> 1, asked);
      const found = Array.from(near.rows, (row, at) => ({ row, score: near.scores[at] }));
      expect(found).toEqual(sortByCosine(itemCount >> 1, asked));
    }
  });

  test("rising scores, the worst order there is", () => {
    const factors = Float32Array.from({ length: 3000 }, (_, row) => row);
    const { rows } = topK({ rank: 1, factors, query: new Float32Array([2]), k: 3 });
    expect([...rows]).toEqual([2999, 2998, 2997]);
  });

  test("nothing left is nothing found", () => {
    const factors = new Float32Array(64).fill(1);
    const hidden = new Uint8Array(64).fill(1);
    expect(topK({ rank: 1, factors, query: new Float32Array([1]), k: 5, hidden }).rows.length).toBe(0);
    expect(topK({ rank: 1, factors, query: new Float32Array([1]), k: 0 }).rows.length).toBe(0);
  });
});

test("a query that is not finite is refused", () => {
  const scorer = Scorer.over(new Float32Array([1, 2]), 1);
  expect(() => scorer.topK(new Float32Array([Number.NaN]), 1)).toThrow(RangeError);
  expect(() => scorer.topK(new Float32Array([Infinity]), 1)).toThrow("element 0 of a query is Infinity");
});

test("factors that are not finite are refused", () => {
  for (const bad of [Number.NaN, Infinity]) {
    expect(() => Scorer.over(new Float32Array([1, bad]), 1)).toThrow("a factor is not finite");
  }
});

test("rows past the proven size are scored plainly", () => {
  expect(Scorer.over(new Float32Array([1e28, 1]), 1).usesCodes).toBe(true);
  expect(Scorer.over(new Float32Array([1e30, 1]), 1).usesCodes).toBe(false);
});

test("a bonus is ranked by, exactly", () => {
  const random = new Random("bonus");
  const rank = 8;
  const factors = Float32Array.from({ length: rank * 3000 }, () => random.next() - 0.5);
  const values = Float64Array.from({ length: 3000 }, () => [0, 0, 0.5, -0.7][random.integer(4)]);
  const hidden = Uint8Array.from(values, () => random.integer(2));
  for (const instructions of instructionSets) {
    const scorer = Scorer.over(factors, rank, { instructions });
    for (let turn = 0; turn < 5; turn++) {
      const query = Float32Array.from({ length: rank }, () => random.next() - 0.5);
      const scoreOf = (row: number) => scoreRow(query, factors, row) + values[row];
      const expected = sortBy(scoreOf, { itemCount: 3000, k: 30, hidden });
      for (const places of [undefined, scorer.maskPlaces(hidden)]) {
        const { rows, scores } = scorer.topK(query, 30, hidden, { places, bonus: { values, largest: 0.5 } });
        expect({ rows: [...rows], scores: [...scores] }).toEqual(expected);
      }
    }
  }
});

test("what a filter leaves is found all the same once it is gathered, and when others have taken its place", () => {
  const random = new Random("gathered");
  const [itemCount, rank, k] = [6000, 18, 20];
  const factors = Float32Array.from({ length: rank * itemCount }, () => random.next() - 0.5);
  const values = Float64Array.from({ length: itemCount }, () => [0, 0.3, -0.7][random.integer(3)]);
  const filters = Array.from({ length: 40 }, () => {
    const hidden = new Uint8Array(itemCount).fill(1);
    for (let at = 0; at < 180; at++) hidden[random.integer(itemCount)] = 0;
    return hidden;
  });
  for (const instructions of instructionSets) {
    const scorer = Scorer.over(factors, rank, { instructions });
    const masks = filters.map((hidden) => scorer.maskPlaces(hidden));
    for (let turn = 0; turn < 3; turn++) {
      for (const [at, places] of masks.entries()) {
        const query = Float32Array.from({ length: rank }, () => random.next() - 0.5);
        for (let search = 0; search < 3; search++) scorer.topK(query, k, filters[at], { places });
        // Seen items come on top of what the filter hides.
        const hidden = filters[at].map((value, row) => (row % 7 === 0 ? 1 : value));
        const expected = topKPlainly(query, factors, k, { hidden });
        expect(scorer.topK(query, k, hidden, { places })).toEqual(expected);
        const bonus = { values, largest: 0.3 };
        const withBonus = topKPlainly(query, factors, k, { hidden, bonus });
        expect(scorer.topK(query, k, hidden, { places, bonus })).toEqual(withBonus);
        const item = random.integer(itemCount);
        const near = nearestPlainly(item, { factors, rank }, k, hidden);
        expect(scorer.nearest(item, k, hidden, places)).toEqual(near);
      }
    }
  }
});
