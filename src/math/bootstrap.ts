import { Random } from "./random.ts";

/** A mean with the ends of its 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly resamples: number;
  readonly seed: number;
}

export interface BootstrapMeans {
  /** (columns): over all rows */
  readonly all: Interval[];
  /** (groups × columns): over the rows of a group; `undefined` for a group without rows */
  readonly groups: (Interval[] | undefined)[];
}

/**
 * Means of several columns over the same rows, each with its 95 % percentile bootstrap interval (Efron 1979).
 *
 * `columns` is (columns)(rows); `groups` is (rows): each row's group, 0 ≤ group < groupCount. One resample draws
 * as many rows as there are, with replacement, and serves every column and every group: a group's mean is its
 * sum over how many of its rows were drawn, as fits a part of a sample whose size is chance too.
 */
export function bootstrapMeans(
  columns: readonly Float32Array[],
  groups: Uint8Array,
  groupCount: number,
  options: BootstrapOptions,
): BootstrapMeans {
  const sample = packRows(columns, groups, groupCount);
  const observed = new Float64Array((groupCount + 1) * columns.length);
  const draws = new Uint32Array(groupCount);
  sumRows(sample, undefined, observed);
  for (const group of groups) draws[group]++;
  toMeans(sample, draws, observed);

  const resampled = resampleMeans(sample, options);
  const intervals = (group: number): Interval[] =>
    columns.map((_, column) => {
      const cell = group * columns.length + column;
      const { low, high } = middle95(
        resampled.subarray(cell * options.resamples, (cell + 1) * options.resamples),
      );
      return { value: observed[cell], low, high };
    });
  return {
    all: intervals(groupCount),
    groups: Array.from(draws, (rows, group) => (rows === 0 ? undefined : intervals(group))),
  };
}

/**
 * The ends of the middle 95 % of `estimates`, sorted here in place; NaN (a resample that drew nothing of a
 * group) is left out, and of none both ends are NaN. Both ends cut off equally many, so negated estimates give
 * exactly the negated interval.
 */
export function middle95(estimates: Float64Array): { low: number; high: number } {
  estimates.sort();
  let count = estimates.length;
  while (count > 0 && Number.isNaN(estimates[count - 1])) count--;
  if (count === 0) return { low: Number.NaN, high: Number.NaN };
  const cut = Math.floor(count * 0.025);
  return { low: estimates[cut], high: estimates[count - 1 - cut] };
}

/**
 * The same interval of the mean of one column, for many columns over the same rows: which rows a resample draws is
 * drawn once, so that each column costs no more than its sums.
 */
export class MeanResampler {
  readonly rowCount: number;
  /** (resamples × rows): how often each row was drawn; at most as often as there are rows, and never 256 times of more */
  readonly #times: Uint8Array;

  constructor(rowCount: number, { resamples, seed }: BootstrapOptions) {
    this.rowCount = rowCount;
    this.#times = new Uint8Array(resamples * rowCount);
    const draw = rowDrawer(rowCount, seed);
    for (let from = 0; from < this.#times.length; from += rowCount) {
      for (let i = 0; i < rowCount; i++) this.#times[from + draw()]++;
    }
  }

  /** `column` is (rows) */
  ends(column: Float32Array): { low: number; high: number } {
    const { rowCount } = this;
    const times = this.#times;
    const means = new Float64Array(times.length / rowCount);
    for (let r = 0; r < means.length; r++) {
      const from = r * rowCount;
      let sum = 0;
      for (let row = 0; row < rowCount; row++) sum += times[from + row] * column[row];
      means[r] = sum / rowCount;
    }
    return middle95(means);
  }
}

/** A source of row numbers below `rowCount`, every one equally likely (Lemire 2019, exact by rejection). */
export function rowDrawer(rowCount: number, seed: number): () => number {
  const random = new Random(seed);
  const rejected = 4294967296 % rowCount;
  return () => {
    let drawn = random.uint32();
    while (Math.imul(drawn, rowCount) >>> 0 < rejected) drawn = random.uint32();
    return Math.floor((drawn * rowCount) / 4294967296);
  };
}

interface PackedRows {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly groupCount: number;
  /** the first so many rows have a value other than 0; the others only count */
  readonly activeCount: number;
  /** (activeCount × columns), row-major */
  readonly values: Float64Array;
  /** (rows) */
  readonly groups: Uint8Array;
}

/** Most rows of sparse measures are zero in every column: they go last, and no sum visits them. */
function packRows(columns: readonly Float32Array[], groups: Uint8Array, groupCount: number): PackedRows {
  const rowCount = groups.length;
  const active: number[] = [];
  const idle: number[] = [];
  for (let row = 0; row < rowCount; row++) {
    (columns.some((column) => column[row] !== 0) ? active : idle).push(row);
  }
  const values = new Float64Array(active.length * columns.length);
  active.forEach((row, place) => {
    columns.forEach((column, c) => {
      values[place * columns.length + c] = column[row];
    });
  });
  return {
    rowCount,
    columnCount: columns.length,
    groupCount,
    activeCount: active.length,
    values,
    groups: Uint8Array.from([...active, ...idle], (row) => groups[row]),
  };
}

/** `sums` is (groups × columns); `times` is (activeCount): how often each row was drawn, once each if absent. */
function sumRows(sample: PackedRows, times: Uint32Array | undefined, sums: Float64Array): void {
  const { columnCount, values, groups, activeCount } = sample;
  sums.fill(0);
  for (let row = 0; row < activeCount; row++) {
    const weight = times === undefined ? 1 : times[row];
    if (weight === 0) continue;
    const from = row * columnCount;
    const to = groups[row] * columnCount;
    for (let c = 0; c < columnCount; c++) sums[to + c] += weight * values[from + c];
  }
}

/** Turns the groups' sums into means, and their total into the means over all rows, after the last group. */
function toMeans(sample: PackedRows, draws: Uint32Array, sums: Float64Array): void {
  const { columnCount, groupCount, rowCount } = sample;
  for (let c = 0; c < columnCount; c++) {
    let total = 0;
    for (let group = 0; group < groupCount; group++) {
      total += sums[group * columnCount + c];
      sums[group * columnCount + c] /= draws[group];
    }
    sums[groupCount * columnCount + c] = total / rowCount;
  }
}

/** (groups + 1) × columns × resamples: every resample's means. */
function resampleMeans(sample: PackedRows, { resamples, seed }: BootstrapOptions): Float64Array {
  const { rowCount, activeCount, groups } = sample;
  const means = new Float64Array((sample.groupCount + 1) * sample.columnCount);
  const estimates = new Float64Array(means.length * resamples);
  const draws = new Uint32Array(sample.groupCount);
  const times = new Uint32Array(activeCount);
  const draw = rowDrawer(rowCount, seed);
  for (let r = 0; r < resamples; r++) {
    times.fill(0);
    draws.fill(0);
    for (let i = 0; i < rowCount; i++) {
      const row = draw();
      draws[groups[row]]++;
      if (row < activeCount) times[row]++;
    }
    sumRows(sample, times, means);
    toMeans(sample, draws, means);
    for (let cell = 0; cell < means.length; cell++) estimates[cell * resamples + r] = means[cell];
  }
  return estimates;
}
