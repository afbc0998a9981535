/** Sums over the pairs of a row: the sparse matrix times a dense one, forth and back. */

import { dot, sumEach } from "./lanes";

/** target[r] = the mean of source[column] over the pairs of row r, √a weighing each; zeros without pairs. */
export function averageRows(
  from: u32,
  to: u32,
  starts: usize,
  columns: usize,
  values: usize,
  sizes: usize,
  source: usize,
  target: usize,
  stride: u32,
): void {
  const bytes: usize = usize(stride) << 2;
  for (let row = from; row < to; row++) {
    const first = load<u32>(starts + (usize(row) << 2));
    const last = load<u32>(starts + (usize(row) << 2), 4);
    const into = target + usize(row) * bytes;
    memory.fill(into, 0, bytes);
    const share = f32x4.splat(1 / load<f32>(sizes + (usize(row) << 2)));
    for (let k = first; k < last; k += 4) {
      // The values are followed by 16 bytes of room.
      const weight = f32x4.sqrt(v128.load(values + (usize(k) << 2)));
      const c = v128.and(f32x4.mul(weight, share), laneMask(last - k));
      const v0 = rowOf(source, columns, k, bytes);
      const v1 = k + 1 < last ? rowOf(source, columns, k + 1, bytes) : v0;
      const v2 = k + 2 < last ? rowOf(source, columns, k + 2, bytes) : v0;
      const v3 = k + 3 < last ? rowOf(source, columns, k + 3, bytes) : v0;
      addFour(v0, v1, v2, v3, c, into, bytes);
    }
  }
}

/** into = Σ a v over the pairs first ≤ k < last, four at a time. */
export function sumPairs(
  first: u32,
  last: u32,
  columns: usize,
  values: usize,
  sources: usize,
  into: usize,
  bytes: usize,
): void {
  memory.fill(into, 0, bytes);
  for (let k = first; k < last; k += 4) {
    const v0 = rowOf(sources, columns, k, bytes);
    const v1 = k + 1 < last ? rowOf(sources, columns, k + 1, bytes) : v0;
    const v2 = k + 2 < last ? rowOf(sources, columns, k + 2, bytes) : v0;
    const v3 = k + 3 < last ? rowOf(sources, columns, k + 3, bytes) : v0;
    // The values are followed by 16 bytes of room.
    const a = v128.and(v128.load(values + (usize(k) << 2)), laneMask(last - k));
    addFour(v0, v1, v2, v3, a, into, bytes);
  }
}

/** into = Σ a (v·x) v over the pairs first ≤ k < last, four at a time. */
export function sumProducts(
  first: u32,
  last: u32,
  columns: usize,
  values: usize,
  sources: usize,
  x: usize,
  into: usize,
  bytes: usize,
): void {
  memory.fill(into, 0, bytes);
  for (let k = first; k < last; k += 4) {
    const v0 = rowOf(sources, columns, k, bytes);
    const v1 = k + 1 < last ? rowOf(sources, columns, k + 1, bytes) : v0;
    const v2 = k + 2 < last ? rowOf(sources, columns, k + 2, bytes) : v0;
    const v3 = k + 3 < last ? rowOf(sources, columns, k + 3, bytes) : v0;
    const a = v128.and(v128.load(values + (usize(k) << 2)), laneMask(last - k));
    addFour(v0, v1, v2, v3, f32x4.mul(a, dotFour(v0, v1, v2, v3, x, bytes)), into, bytes);
  }
}

/** The row that pair k points to. */
// @ts-ignore: decorator
@inline
function rowOf(rows: usize, columns: usize, k: u32, bytes: usize): usize {
  return rows + usize(load<u32>(columns + (usize(k) << 2))) * bytes;
}

/** Ones in the lanes below count: places past the last pair count nothing. */
// @ts-ignore: decorator
@inline
function laneMask(count: u32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(i32(count)));
}

// @ts-ignore: decorator
@inline
function dotFour(v0: usize, v1: usize, v2: usize, v3: usize, x: usize, bytes: usize): v128 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  let e = f32x4.splat(0);
  let f = f32x4.splat(0);
  let g = f32x4.splat(0);
  let h = f32x4.splat(0);
  for (let j: usize = 0; j < bytes; j += 32) {
    const low = v128.load(x + j);
    const high = v128.load(x + j, 16);
    a = f32x4.add(a, f32x4.mul(low, v128.load(v0 + j)));
    b = f32x4.add(b, f32x4.mul(low, v128.load(v1 + j)));
    c = f32x4.add(c, f32x4.mul(low, v128.load(v2 + j)));
    d = f32x4.add(d, f32x4.mul(low, v128.load(v3 + j)));
    e = f32x4.add(e, f32x4.mul(high, v128.load(v0 + j, 16)));
    f = f32x4.add(f, f32x4.mul(high, v128.load(v1 + j, 16)));
    g = f32x4.add(g, f32x4.mul(high, v128.load(v2 + j, 16)));
    h = f32x4.add(h, f32x4.mul(high, v128.load(v3 + j, 16)));
  }
  a = f32x4.add(a, e);
  b = f32x4.add(b, f);
  c = f32x4.add(c, g);
  d = f32x4.add(d, h);
  return sumEach(a, b, c, d);
}

// @ts-ignore: decorator
@inline
function addFour(v0: usize, v1: usize, v2: usize, v3: usize, c: v128, into: usize, bytes: usize): void {
  const c0 = v128.shuffle<f32>(c, c, 0, 0, 0, 0);
  const c1 = v128.shuffle<f32>(c, c, 1, 1, 1, 1);
  const c2 = v128.shuffle<f32>(c, c, 2, 2, 2, 2);
  const c3 = v128.shuffle<f32>(c, c, 3, 3, 3, 3);
  for (let j: usize = 0; j < bytes; j += 16) {
    const left = f32x4.add(f32x4.mul(c0, v128.load(v0 + j)), f32x4.mul(c1, v128.load(v1 + j)));
    const right = f32x4.add(f32x4.mul(c2, v128.load(v2 + j)), f32x4.mul(c3, v128.load(v3 + j)));
    v128.store(into + j, f32x4.add(v128.load(into + j), f32x4.add(left, right)));
  }
}

/** into (1) f64 = Σ over rows and their pairs of a (1 − x·v)², plus Σ ridge[r] ‖x_r‖². */
export function lossRows(
  from: u32,
  to: u32,
  starts: usize,
  columns: usize,
  values: usize,
  sources: usize,
  targets: usize,
  ridges: usize,
  into: usize,
  stride: u32,
): void {
  const bytes: usize = usize(stride) << 2;
  let total: f64 = 0;
  for (let row = from; row < to; row++) {
    const at = usize(row) << 2;
    const x = targets + usize(row) * bytes;
    const last = load<u32>(starts + at, 4);
    for (let k = load<u32>(starts + at); k < last; k++) {
      const v = rowOf(sources, columns, k, bytes);
      const missing = 1 - f64(dot(v, x, bytes));
      total += f64(load<f32>(values + (usize(k) << 2))) * missing * missing;
    }
    total += f64(load<f32>(ridges + at)) * f64(dot(x, x, bytes));
  }
  store<f64>(into, total);
}

/** into (1) f64 = Σ ridge[r] ‖row_r‖² */
export function squareRows(from: u32, to: u32, rows: usize, ridges: usize, into: usize, stride: u32): void {
  const bytes: usize = usize(stride) << 2;
  let total: f64 = 0;
  for (let row = from; row < to; row++) {
    const x = rows + usize(row) * bytes;
    total += f64(load<f32>(ridges + (usize(row) << 2))) * f64(dot(x, x, bytes));
  }
  store<f64>(into, total);
}
