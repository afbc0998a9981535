import type { AlsFactors, AlsSettings } from "../../src/als/objective.ts";
import { Random } from "../../src/math/random.ts";
import type { SparseRows } from "../../src/math/sparse.ts";

export const plainSettings: AlsSettings = {
  factors: 4,
  unobservedWeight: 0.1,
  regularization: 0.02,
  regularizationExponent: 1,
  popularityExponent: 0,
  observedPopularityExponent: 0,
  iterations: 3,
  solver: "cg",
  cgSteps: 2,
  seed: 7,
};

/** Rows from lists of [column, value]. */
export function sparseRows(lists: readonly (readonly [number, number])[][], columnCount: number): SparseRows {
  const starts = new Uint32Array(lists.length + 1);
  for (const [r, list] of lists.entries()) starts[r + 1] = starts[r] + list.length;
  const pairs = lists.flatMap((list) => list.toSorted((a, b) => a[0] - b[0]));
  const columns = Uint32Array.from(pairs, ([column]) => column);
  return {
    rowCount: lists.length,
    columnCount,
    starts,
    columns,
    values: Float32Array.from(pairs, ([, v]) => v),
  };
}

/** Confidences of 1 to 5 with a few popular columns; some rows and columns stay empty. */
export function randomConfidence(rowCount: number, columnCount: number, seed = 1): SparseRows {
  const random = new Random(seed);
  const lists = Array.from({ length: rowCount }, (_, r) => {
    const list: [number, number][] = [];
    for (let column = 0; column < columnCount - 1; column++) {
      const chance = r % 9 === 8 ? 0 : 1 / (1 + column / 3);
      if (random.next() < chance) list.push([column, 1 + random.integer(5)]);
    }
    return list;
  });
  return sparseRows(lists, columnCount);
}

/** Every user likes the items of their own parity, but the one on the diagonal is withheld. */
export function checkerboard(size: number): SparseRows {
  const lists = Array.from({ length: size }, (_, user) =>
    Array.from({ length: size }, (_, item): [number, number] => [item, 1]).filter(
      ([item]) => item % 2 === user % 2 && item !== user,
    ),
  );
  return sparseRows(lists, size);
}

/** (users × items), dense, row-major: x · y */
export function predictions({ rank, users, items }: AlsFactors): Float64Array {
  const userCount = users.length / rank;
  const itemCount = items.length / rank;
  const scores = new Float64Array(userCount * itemCount);
  for (let u = 0; u < userCount; u++) {
    for (let i = 0; i < itemCount; i++) {
      for (let k = 0; k < rank; k++) scores[u * itemCount + i] += users[u * rank + k] * items[i * rank + k];
    }
  }
  return scores;
}

/** ‖a − b‖ / ‖b‖ */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let k = 0; k < b.length; k++) {
    difference += (a[k] - b[k]) ** 2;
    size += b[k] ** 2;
  }
  return Math.sqrt(difference / size);
}
