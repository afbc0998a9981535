/**
 * All eigenvalues and eigenvectors of a symmetric matrix in f64, as `math/eigen.ts` finds them, in three phases:
 *
 *   tridiagonalise   A = Q T Qᵀ by Householder's reflections (a single block)
 *   planRotations    T's eigenvalues by QL with implicit shifts; the plane rotations are kept (a single block)
 *   turnColumns      in `eigen-vectors.ts`: reflections, then rotations, on sixteen columns of Qᵀ at a time: blocks share nothing
 *
 * work (n, stride) f64 is the matrix, all of it; then row k right of the diagonal is the vector of reflection k.
 * stride is a multiple of 8.
 */

/** As in `math/eigen.ts`, which says why: 2^−960. */
const vanishing = reinterpret<f64>(0x03f0000000000000);

/**
 * diagonal, beside, scales: (stride) f64, as `tridiagonalise` of `math/eigen.ts`; room: 2 × stride f64. Each pass over
 * the rows takes the last reflection off them and multiplies them with the next one's vector.
 */
export function tridiagonalise(
  from: u32,
  to: u32,
  work: usize,
  diagonal: usize,
  beside: usize,
  scales: usize,
  room: usize,
  n: u32,
  stride: u32,
): void {
  const bytes: usize = usize(stride) << 3;
  let w = room;
  let before = room + bytes;
  let reflection: usize = 0;
  for (let k: u32 = 0; k < n; k++) {
    const row = work + usize(k) * bytes;
    const at = usize(k) << 3;
    const first = usize((k + 1) & ~1) << 3;
    if (reflection) takeReflection(row, reflection, before, k, usize(k & ~1) << 3, bytes);
    store<f64>(diagonal + at, load<f64>(row + at));
    if (k + 1 == n) break;
    const scale = makeReflection(row, k, n, beside + at, bytes);
    store<f64>(scales + at, scale);
    // From an even column on: what lies left of the diagonal counts nothing.
    store<f64>(row + at, 0);
    memory.fill(w, 0, bytes);
    let vAv: f64 = 0;
    for (let i = k + 1; i < n; i++) {
      const other = work + usize(i) * bytes;
      const index = usize(i) << 3;
      if (reflection) takeReflection(other, reflection, before, i, first, bytes);
      if (scale == 0) continue;
      const product = scale * dotFrom(other, row, first, bytes);
      store<f64>(w + index, product);
      vAv += product * load<f64>(row + index);
    }
    if (scale == 0) {
      reflection = 0;
      continue;
    }
    const half = f64x2.splat((vAv * scale) / 2);
    for (let j = first; j < bytes; j += 16) {
      v128.store(w + j, f64x2.sub(v128.load(w + j), f64x2.mul(half, v128.load(row + j))));
    }
    reflection = row;
    const swap = before;
    before = w;
    w = swap;
  }
}

/** row −= v_i w + w_i v from a column on */
// @ts-ignore: decorator
@inline
function takeReflection(row: usize, v: usize, w: usize, i: u32, first: usize, bytes: usize): void {
  const vi = f64x2.splat(load<f64>(v + (usize(i) << 3)));
  const wi = f64x2.splat(load<f64>(w + (usize(i) << 3)));
  for (let j = first; j < bytes; j += 16) {
    const taken = f64x2.add(f64x2.mul(vi, v128.load(w + j)), f64x2.mul(wi, v128.load(v + j)));
    v128.store(row + j, f64x2.sub(v128.load(row + j), taken));
  }
}

/** Makes row k right of the diagonal the reflection's vector, and returns its scale; 0 where there is nothing to do. */
function makeReflection(row: usize, k: u32, n: u32, beside: usize, bytes: usize): f64 {
  const next = row + (usize(k + 1) << 3);
  let tail: f64 = 0;
  for (let j = k + 2; j < n; j++) {
    const value = load<f64>(row + (usize(j) << 3));
    tail += value * value;
  }
  const head = load<f64>(next);
  if (tail <= vanishing) {
    store<f64>(beside, head);
    return 0;
  }
  const norm = Math.sqrt(head * head + tail);
  const coupling = head > 0 ? -norm : norm;
  store<f64>(beside, coupling);
  // The sign makes this a sum of like signs, without cancellation.
  const changed = head - coupling;
  store<f64>(next, changed);
  return 2 / (changed * changed + tail);
}

// @ts-ignore: decorator
@inline
function dotFrom(a: usize, b: usize, first: usize, bytes: usize): f64 {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  let j = first;
  for (; j + 16 < bytes; j += 32) {
    even = f64x2.add(even, f64x2.mul(v128.load(a + j), v128.load(b + j)));
    odd = f64x2.add(odd, f64x2.mul(v128.load(a + j, 16), v128.load(b + j, 16)));
  }
  if (j < bytes) even = f64x2.add(even, f64x2.mul(v128.load(a + j), v128.load(b + j)));
  const sum = f64x2.add(even, odd);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * diagonal becomes the eigenvalues, in no order. rotations (capacity, 2) f64: cosine and sine, each sweep's from its
 * highest row down; sweeps (…, 2) u32: the highest row's successor and how many rotations; before them their count, or
 * 0xffffffff where there is no room or no end.
 */
export function planRotations(
  from: u32,
  to: u32,
  diagonal: usize,
  beside: usize,
  rotations: usize,
  capacity: u32,
  sweeps: usize,
  sweepsMax: u32,
  n: u32,
): void {
  let count: u32 = 0;
  let planned: u32 = 0;
  store<f64>(beside + (usize(n - 1) << 3), 0);
  for (let low: u32 = 0; low < n; low++) {
    while (true) {
      let high = low;
      while (high < n - 1 && !isNegligible(beside, diagonal, high)) high++;
      if (high == low) break;
      if (count == sweepsMax || planned + (high - low) > capacity) {
        store<u32>(sweeps, 0xffffffff);
        return;
      }
      const made = planSweep(diagonal, beside, low, high, rotations + (usize(planned) << 4));
      const at = sweeps + 8 + (usize(count) << 3);
      store<u32>(at, high);
      store<u32>(at, made, 4);
      planned += made;
      count++;
    }
  }
  store<u32>(sweeps, count);
}

// @ts-ignore: decorator
@inline
function isNegligible(beside: usize, diagonal: usize, k: u32): bool {
  const at = usize(k) << 3;
  const size = Math.abs(load<f64>(diagonal + at)) + Math.abs(load<f64>(diagonal + at, 8));
  const coupling = Math.abs(load<f64>(beside + at));
  return size + coupling == size || coupling <= f64.EPSILON;
}

/** One sweep over rows low…high, shifted by an eigenvalue of the top 2 × 2 block; how many rotations it took. */
function planSweep(diagonal: usize, beside: usize, low: u32, high: u32, rotations: usize): u32 {
  const bottom = diagonal + (usize(low) << 3);
  const coupling = load<f64>(beside + (usize(low) << 3));
  const slope = (load<f64>(bottom, 8) - load<f64>(bottom)) / (2 * coupling);
  const root = Math.sqrt(slope * slope + 1);
  let g = load<f64>(diagonal + (usize(high) << 3)) - load<f64>(bottom) + coupling / (slope + (slope < 0 ? -root : root));
  let sine: f64 = 1;
  let cosine: f64 = 1;
  let shift: f64 = 0;
  let made: u32 = 0;
  for (let i = high; i > low; i--) {
    // Couples row i − 1 with row i.
    const upper = diagonal + (usize(i - 1) << 3);
    const beyond = beside + (usize(i) << 3);
    const between = load<f64>(beyond - 8);
    const f = sine * between;
    const b = cosine * between;
    const length = Math.sqrt(f * f + g * g);
    store<f64>(beyond, length);
    if (length == 0) {
      // The matrix falls apart here: what is done so far stands, the rest is another sweep.
      store<f64>(upper, load<f64>(upper, 8) - shift, 8);
      store<f64>(beside + (usize(high) << 3), 0);
      return made;
    }
    sine = f / length;
    cosine = g / length;
    g = load<f64>(upper, 8) - shift;
    const turned = (load<f64>(upper) - g) * sine + 2 * cosine * b;
    shift = sine * turned;
    store<f64>(upper, g + shift, 8);
    g = cosine * turned - b;
    store<f64>(rotations, cosine);
    store<f64>(rotations, sine, 8);
    rotations += 16;
    made++;
  }
  store<f64>(bottom, load<f64>(bottom) - shift);
  store<f64>(beside + (usize(low) << 3), g);
  store<f64>(beside + (usize(high) << 3), 0);
  return made;
}
