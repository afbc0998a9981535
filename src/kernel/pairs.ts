/** Sums over the pairs of a row: the sparse matrix times a dense one, forth and back. */

import { dot } from "./lanes";

/** target[r] = the mean of source[column] over the pairs of row r; zeros without pairs. */
export function averageRows(
  from: u32,
  to: u32,
  starts: usize,
  columns: usize,
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
    for (let k = first; k < last; k++) {
      const v = source + usize(load<u32>(columns + (usize(k) << 2))) * bytes;
      for (let j: usize = 0; j < bytes; j += 16) {
        v128.store(into + j, f32x4.add(v128.load(into + j), v128.load(v + j)));
      }
    }
    if (last == first) continue;
    const count = f32x4.splat(f32(last - first));
    for (let j: usize = 0; j < bytes; j += 16) {
      v128.store(into + j, f32x4.div(v128.load(into + j), count));
    }
  }
}

/**
 * into = Σ a (constant + slope × v·x) v over the pairs first ≤ k < last, four at a time; places past the last
 * one take the last column with a = 0.
 */
export function sumPairs(
  first: u32,
  last: u32,
  columns: usize,
  values: usize,
  sources: usize,
  x: usize,
  constant: f32,
  slope: f32,
  into: usize,
  bytes: usize,
): void {
  memory.fill(into, 0, bytes);
  const constants = f32x4.splat(constant);
  const slopes = f32x4.splat(slope);
  for (let k = first; k < last; k += 4) {
    const count = last - k;
    const column = columns + (usize(k) << 2);
    const v0 = sources + usize(load<u32>(column)) * bytes;
    const v1 = count > 1 ? sources + usize(load<u32>(column, 4)) * bytes : v0;
    const v2 = count > 2 ? sources + usize(load<u32>(column, 8)) * bytes : v0;
    const v3 = count > 3 ? sources + usize(load<u32>(column, 12)) * bytes : v0;
    // The values are followed by 16 bytes of room.
    let a = v128.load(values + (usize(k) << 2));
    if (count < 4) {
      a = v128.and(a, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(i32(count))));
    }
    const dots = dotFour(v0, v1, v2, v3, x, bytes);
    const c = f32x4.mul(a, f32x4.add(constants, f32x4.mul(slopes, dots)));
    addFour(v0, v1, v2, v3, c, into, bytes);
  }
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
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 2, 4, 6), v128.shuffle<f32>(a, b, 1, 3, 5, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 2, 4, 6), v128.shuffle<f32>(c, d, 1, 3, 5, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
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
      const v = sources + usize(load<u32>(columns + (usize(k) << 2))) * bytes;
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
