/**
 * Half-steps of alternating least squares on blocks of rows. Plain SIMD in f32 with sums across rows in f64.
 *
 * A dense matrix is (rows, stride) f32, row-major: stride is a multiple of 8, zeros past the rank, and rows are
 * padded with zeros to a multiple of 64. Sparse rows are starts (rows + 1) u32, columns u32, values f32.
 * Every function works on rows from ≤ r < to and writes nothing else but its scratch room, so that threads may take
 * blocks in any order and the bytes are the same.
 */

/** Rows that a Gram adds up in f32 before it goes on in f64. */
const chunkRows: u32 = 64;

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
 * partial (stride, stride) f64 = Σ weight[r] row_r row_rᵀ, on and above its diagonal of 8 × 8 tiles.
 * weights (rows) f32, or 0 for 1. scratch: 64 × stride f32. from is a multiple of 64.
 */
export function gramRows(
  from: u32,
  to: u32,
  rows: usize,
  weights: usize,
  partial: usize,
  scratch: usize,
  stride: u32,
): void {
  memory.fill(partial, 0, usize(stride) * usize(stride) * 8);
  for (let chunk = from; chunk < to; chunk += chunkRows) {
    for (let m: u32 = 0; m < chunkRows; m++) {
      const row = chunk + m;
      const weight: f32 = weights ? Mathf.sqrt(load<f32>(weights + (usize(row) << 2))) : 1;
      packRow(rows + usize(row) * (usize(stride) << 2), weight, scratch, m, chunkRows, stride);
    }
    addGram(scratch, chunkRows, stride, partial);
  }
}

/**
 * row ← scale[r] × (row · direction_k)_k in place. scales (rows) f32, or 0 for 1. directions are packed: 8 of them
 * side by side, (stride / 8, stride, 8) f32. scratch: 4 × stride f32. from is a multiple of 4.
 */
export function projectRows(
  from: u32,
  to: u32,
  rows: usize,
  scales: usize,
  directions: usize,
  scratch: usize,
  stride: u32,
): void {
  const bytes: usize = usize(stride) << 2;
  const panelBytes: usize = bytes << 3;
  for (let row = from; row < to; row += 4) {
    const four = rows + usize(row) * bytes;
    for (let j: usize = 0; j < bytes; j += 32) {
      projectTile(four, bytes, directions + (j >> 5) * panelBytes, scratch + j);
    }
    for (let m: u32 = 0; m < 4; m++) {
      const scale = f32x4.splat(scales ? load<f32>(scales + (usize(row + m) << 2)) : 1);
      const into = four + usize(m) * bytes;
      for (let j: usize = 0; j < bytes; j += 16) {
        v128.store(into + j, f32x4.mul(scale, v128.load(scratch + usize(m) * bytes + j)));
      }
    }
  }
}

/** Four rows times eight directions. */
// @ts-ignore: decorator
@inline
function projectTile(rows: usize, bytes: usize, panel: usize, into: usize): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  const second = rows + bytes;
  const third = second + bytes;
  const fourth = third + bytes;
  for (let k: usize = 0; k < bytes; k += 4) {
    const low = v128.load(panel + (k << 3));
    const high = v128.load(panel + (k << 3), 16);
    const a = v128.load_splat<f32>(rows + k);
    a0 = f32x4.add(a0, f32x4.mul(a, low));
    a1 = f32x4.add(a1, f32x4.mul(a, high));
    const b = v128.load_splat<f32>(second + k);
    b0 = f32x4.add(b0, f32x4.mul(b, low));
    b1 = f32x4.add(b1, f32x4.mul(b, high));
    const c = v128.load_splat<f32>(third + k);
    c0 = f32x4.add(c0, f32x4.mul(c, low));
    c1 = f32x4.add(c1, f32x4.mul(c, high));
    const d = v128.load_splat<f32>(fourth + k);
    d0 = f32x4.add(d0, f32x4.mul(d, low));
    d1 = f32x4.add(d1, f32x4.mul(d, high));
  }
  v128.store(into, a0);
  v128.store(into, a1, 16);
  v128.store(into + bytes, b0);
  v128.store(into + bytes, b1, 16);
  v128.store(into + 2 * bytes, c0);
  v128.store(into + 2 * bytes, c1, 16);
  v128.store(into + 3 * bytes, d0);
  v128.store(into + 3 * bytes, d1, 16);
}

/** Writes scale × row as row m of panels of 8 columns: (stride / 8, count, 8) f32. */
// @ts-ignore: decorator
@inline
function packRow(row: usize, scale: f32, panels: usize, m: u32, count: u32, stride: u32): void {
  const scales = f32x4.splat(scale);
  let into = panels + (usize(m) << 5);
  for (let j: u32 = 0; j < stride; j += 8) {
    v128.store(into, f32x4.mul(scales, v128.load(row + (usize(j) << 2))));
    v128.store(into, f32x4.mul(scales, v128.load(row + (usize(j) << 2), 16)), 16);
    into += usize(count) << 5;
  }
}

/**
 * matrix (size, size) f64 += PᵀP on and above its diagonal of 8 × 8 tiles; P is (count, size) in panels of 8
 * columns: (size / 8, count, 8) f32. The sum over count is taken in f32.
 */
function addGram(panels: usize, count: u32, size: u32, matrix: usize): void {
  const panelBytes: usize = usize(count) << 5;
  for (let i: u32 = 0; i < size; i += 4) {
    const left = panels + usize(i >> 3) * panelBytes + (usize(i & 4) << 2);
    for (let j: u32 = i & ~7; j < size; j += 8) {
      const right = panels + usize(j >> 3) * panelBytes;
      addGramTile(left, right, panelBytes, matrix + ((usize(i) * usize(size) + j) << 3), usize(size) << 3);
    }
  }
}

/** A tile of 4 × 8. */
// @ts-ignore: decorator
@inline
function addGramTile(left: usize, right: usize, panelBytes: usize, into: usize, rowBytes: usize): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  for (let k: usize = 0; k < panelBytes; k += 32) {
    const low = v128.load(right + k);
    const high = v128.load(right + k, 16);
    const a = v128.load_splat<f32>(left + k);
    a0 = f32x4.add(a0, f32x4.mul(a, low));
    a1 = f32x4.add(a1, f32x4.mul(a, high));
    const b = v128.load_splat<f32>(left + k, 4);
    b0 = f32x4.add(b0, f32x4.mul(b, low));
    b1 = f32x4.add(b1, f32x4.mul(b, high));
    const c = v128.load_splat<f32>(left + k, 8);
    c0 = f32x4.add(c0, f32x4.mul(c, low));
    c1 = f32x4.add(c1, f32x4.mul(c, high));
    const d = v128.load_splat<f32>(left + k, 12);
    d0 = f32x4.add(d0, f32x4.mul(d, low));
    d1 = f32x4.add(d1, f32x4.mul(d, high));
  }
  addAsF64(into, a0, a1);
  addAsF64(into + rowBytes, b0, b1);
  addAsF64(into + 2 * rowBytes, c0, c1);
  addAsF64(into + 3 * rowBytes, d0, d1);
}

// @ts-ignore: decorator
@inline
function addAsF64(into: usize, low: v128, high: v128): void {
  const lowUpper = v128.shuffle<f32>(low, low, 2, 3, 2, 3);
  const highUpper = v128.shuffle<f32>(high, high, 2, 3, 2, 3);
  v128.store(into, f64x2.add(v128.load(into), f64x2.promote_low_f32x4(low)));
  v128.store(into, f64x2.add(v128.load(into, 16), f64x2.promote_low_f32x4(lowUpper)), 16);
  v128.store(into, f64x2.add(v128.load(into, 32), f64x2.promote_low_f32x4(high)), 32);
  v128.store(into, f64x2.add(v128.load(into, 48), f64x2.promote_low_f32x4(highUpper)), 48);
}

/**
 * Conjugate gradient, `steps` steps a row from where the row is, on
 *
 *   (diag(weight[r] × gram + ridge[r]) + Σ a v vᵀ) x = Σ a v
 *
 * preconditioned by the diagonal. sources and targets are dense, gram (stride) f32, ridges (rows) f32, weights (rows)
 * f32 or 0 for 1. scratch: 4 × stride f32.
 */
export function stepRows(
  from: u32,
  to: u32,
  starts: usize,
  columns: usize,
  values: usize,
  sources: usize,
  targets: usize,
  gram: usize,
  weights: usize,
  ridges: usize,
  scratch: usize,
  stride: u32,
  steps: u32,
): void {
  const bytes: usize = usize(stride) << 2;
  const diagonal = scratch;
  const residual = scratch + bytes;
  const direction = residual + bytes;
  const product = direction + bytes;
  for (let row = from; row < to; row++) {
    const at = usize(row) << 2;
    const x = targets + usize(row) * bytes;
    const first = load<u32>(starts + at);
    const last = load<u32>(starts + at, 4);
    if (first == last) {
      memory.fill(x, 0, bytes);
      continue;
    }
    fillDiagonal(diagonal, gram, weights ? load<f32>(weights + at) : 1, load<f32>(ridges + at), bytes);
    sumPairs(first, last, columns, values, sources, x, 1, -1, residual, bytes);
    let size = startDirection(x, diagonal, residual, direction, bytes);
    for (let step: u32 = 0; step < steps && size > 0; step++) {
      sumPairs(first, last, columns, values, sources, direction, 0, 1, product, bytes);
      const curvature = finishProduct(diagonal, direction, product, bytes);
      const before = size;
      size = advance(size / curvature, x, diagonal, residual, direction, product, bytes);
      turn(size / before, diagonal, residual, direction, bytes);
    }
  }
}

// @ts-ignore: decorator
@inline
function fillDiagonal(into: usize, gram: usize, weight: f32, ridge: f32, bytes: usize): void {
  const weights = f32x4.splat(weight);
  const ridges = f32x4.splat(ridge);
  for (let j: usize = 0; j < bytes; j += 16) {
    v128.store(into + j, f32x4.add(f32x4.mul(weights, v128.load(gram + j)), ridges));
  }
}

/**
 * into = Σ a (constant + slope × v·x) v over the pairs first ≤ k < last, four at a time; places past the last one
 * take the last column with a = 0.
 */
function sumPairs(
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

/** residual −= diagonal × x; direction = residual / diagonal; their dot product. */
// @ts-ignore: decorator
@inline
function startDirection(x: usize, diagonal: usize, residual: usize, direction: usize, bytes: usize): f32 {
  let total = f32x4.splat(0);
  for (let j: usize = 0; j < bytes; j += 16) {
    const d = v128.load(diagonal + j);
    const r = f32x4.sub(v128.load(residual + j), f32x4.mul(d, v128.load(x + j)));
    const z = f32x4.div(r, d);
    v128.store(residual + j, r);
    v128.store(direction + j, z);
    total = f32x4.add(total, f32x4.mul(r, z));
  }
  return sumLanes(total);
}

/** product += diagonal × direction; direction · product. */
// @ts-ignore: decorator
@inline
function finishProduct(diagonal: usize, direction: usize, product: usize, bytes: usize): f32 {
  let total = f32x4.splat(0);
  for (let j: usize = 0; j < bytes; j += 16) {
    const p = v128.load(direction + j);
    const q = f32x4.add(v128.load(product + j), f32x4.mul(v128.load(diagonal + j), p));
    v128.store(product + j, q);
    total = f32x4.add(total, f32x4.mul(p, q));
  }
  return sumLanes(total);
}

/** x += length × direction; residual −= length × product; residual · residual / diagonal. */
// @ts-ignore: decorator
@inline
function advance(
  length: f32,
  x: usize,
  diagonal: usize,
  residual: usize,
  direction: usize,
  product: usize,
  bytes: usize,
): f32 {
  const lengths = f32x4.splat(length);
  let total = f32x4.splat(0);
  for (let j: usize = 0; j < bytes; j += 16) {
    v128.store(x + j, f32x4.add(v128.load(x + j), f32x4.mul(lengths, v128.load(direction + j))));
    const r = f32x4.sub(v128.load(residual + j), f32x4.mul(lengths, v128.load(product + j)));
    v128.store(residual + j, r);
    total = f32x4.add(total, f32x4.div(f32x4.mul(r, r), v128.load(diagonal + j)));
  }
  return sumLanes(total);
}

/** direction = residual / diagonal + share × direction */
// @ts-ignore: decorator
@inline
function turn(share: f32, diagonal: usize, residual: usize, direction: usize, bytes: usize): void {
  const shares = f32x4.splat(share);
  for (let j: usize = 0; j < bytes; j += 16) {
    const z = f32x4.div(v128.load(residual + j), v128.load(diagonal + j));
    v128.store(direction + j, f32x4.add(z, f32x4.mul(shares, v128.load(direction + j))));
  }
}

// @ts-ignore: decorator
@inline
function sumLanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 2) +
    (f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 3))
  );
}

/**
 * Solves each row of `stepRows`'s system by Cholesky's factorisation in f64. A row with fewer pairs than the rank
 * solves the smaller system of its pairs (Woodbury): with u = √a diag^−½ v for each pair and U their rows,
 * (I + U Uᵀ) s = √a and x = diag^−½ Uᵀ s. Scratch: 3 × stride f32 and, past them, stride² f64, stride² f32 and
 * 2 × stride f64; with 64 × stride f32 at the least where stride < 64.
 */
export function solveRows(
  from: u32,
  to: u32,
  starts: usize,
  columns: usize,
  values: usize,
  sources: usize,
  targets: usize,
  gram: usize,
  weights: usize,
  ridges: usize,
  scratch: usize,
  stride: u32,
): void {
  const bytes: usize = usize(stride) << 2;
  const matrix = scratch;
  const right = matrix + usize(stride) * usize(stride) * 8;
  const diagonal = right + (bytes << 1);
  const panels = diagonal + bytes;
  for (let row = from; row < to; row++) {
    const at = usize(row) << 2;
    const x = targets + usize(row) * bytes;
    const first = load<u32>(starts + at);
    const count = load<u32>(starts + at, 4) - first;
    const column = columns + (usize(first) << 2);
    const value = values + (usize(first) << 2);
    if (count == 0) {
      memory.fill(x, 0, bytes);
      continue;
    }
    fillDiagonal(diagonal, gram, weights ? load<f32>(weights + at) : 1, load<f32>(ridges + at), bytes);
    if (count < stride) solveByPairs(count, column, value, sources, x, diagonal, matrix, right, panels, stride);
    else solveByFactors(count, column, value, sources, x, diagonal, matrix, right, panels, stride);
  }
}

/** (diag + Σ a v vᵀ) x = Σ a v */
function solveByFactors(
  count: u32,
  columns: usize,
  values: usize,
  sources: usize,
  x: usize,
  diagonal: usize,
  matrix: usize,
  right: usize,
  panels: usize,
  stride: u32,
): void {
  const bytes: usize = usize(stride) << 2;
  memory.fill(matrix, 0, usize(stride) * usize(stride) * 8);
  memory.fill(right, 0, usize(stride) * 8);
  for (let chunk: u32 = 0; chunk < count; chunk += chunkRows) {
    const size = min(chunkRows, count - chunk);
    for (let m: u32 = 0; m < size; m++) {
      const k = usize(chunk + m) << 2;
      const v = sources + usize(load<u32>(columns + k)) * bytes;
      const a = load<f32>(values + k);
      packRow(v, Mathf.sqrt(a), panels, m, size, stride);
      for (let j: usize = 0; j < usize(stride); j++) {
        const sum = load<f64>(right + (j << 3)) + f64(a) * f64(load<f32>(v + (j << 2)));
        store<f64>(right + (j << 3), sum);
      }
    }
    addGram(panels, size, stride, matrix);
  }
  for (let j: usize = 0; j < usize(stride); j++) {
    const at = matrix + ((j * usize(stride) + j) << 3);
    store<f64>(at, load<f64>(at) + f64(load<f32>(diagonal + (j << 2))));
  }
  solveCholesky(matrix, right, stride, stride);
  for (let j: usize = 0; j < usize(stride); j++) store<f32>(x + (j << 2), f32(load<f64>(right + (j << 3))));
}

/** (I + U Uᵀ) s = √a, x = diag^−½ Uᵀ s */
function solveByPairs(
  count: u32,
  columns: usize,
  values: usize,
  sources: usize,
  x: usize,
  diagonal: usize,
  matrix: usize,
  right: usize,
  panels: usize,
  stride: u32,
): void {
  const bytes: usize = usize(stride) << 2;
  const size = (count + 7) & ~7;
  const panelBytes: usize = usize(stride) << 5;
  for (let j: usize = 0; j < bytes; j += 4) {
    store<f32>(diagonal + j, 1 / Mathf.sqrt(load<f32>(diagonal + j)));
  }
  memory.fill(panels, 0, usize(size >> 3) * panelBytes);
  for (let k: u32 = 0; k < count; k++) {
    const v = sources + usize(load<u32>(columns + (usize(k) << 2))) * bytes;
    const root = Mathf.sqrt(load<f32>(values + (usize(k) << 2)));
    const into = panels + usize(k >> 3) * panelBytes + (usize(k & 7) << 2);
    for (let j: usize = 0; j < bytes; j += 4) {
      store<f32>(into + (j << 3), root * load<f32>(diagonal + j) * load<f32>(v + j));
    }
    store<f64>(right + (usize(k) << 3), f64(root));
  }
  memory.fill(matrix, 0, usize(size) * usize(size) * 8);
  addGram(panels, stride, size, matrix);
  for (let k: u32 = 0; k < count; k++) {
    const at = matrix + ((usize(k) * usize(size) + k) << 3);
    store<f64>(at, load<f64>(at) + 1);
  }
  solveCholesky(matrix, right, count, size);
  for (let j: usize = 0; j < bytes; j += 4) {
    let sum: f64 = 0;
    for (let k: u32 = 0; k < count; k++) {
      const u = panels + usize(k >> 3) * panelBytes + (usize(k & 7) << 2) + (j << 3);
      sum += load<f64>(right + (usize(k) << 3)) * f64(load<f32>(u));
    }
    store<f32>(x + j, f32(sum * f64(load<f32>(diagonal + j))));
  }
}

/**
 * matrix × solution = right, in place in f64. matrix is (size, stride), read on and above its diagonal; it becomes
 * RᵀR's R, each row after the pivot's division taken off the rows below.
 */
function solveCholesky(matrix: usize, right: usize, size: u32, stride: u32): void {
  const rowBytes: usize = usize(stride) << 3;
  const end: usize = usize(size) << 3;
  for (let i: usize = 0; i < end; i += 8) {
    const pivotRow = matrix + (i >> 3) * rowBytes;
    const scale = 1 / Math.sqrt(load<f64>(pivotRow + i));
    const scales = f64x2.splat(scale);
    // Starting below an even column turns what lies left of the diagonal to waste that nobody reads.
    for (let j = i & ~15; j < end; j += 16) {
      v128.store(pivotRow + j, f64x2.mul(scales, v128.load(pivotRow + j)));
    }
    const solved = load<f64>(right + i) * scale;
    store<f64>(right + i, solved);
    for (let k = i + 8; k < end; k += 8) {
      const factor = load<f64>(pivotRow + k);
      const factors = f64x2.splat(factor);
      const row = matrix + (k >> 3) * rowBytes;
      for (let j = k & ~15; j < end; j += 16) {
        const taken = f64x2.mul(factors, v128.load(pivotRow + j));
        v128.store(row + j, f64x2.sub(v128.load(row + j), taken));
      }
      store<f64>(right + k, load<f64>(right + k) - factor * solved);
    }
  }
  for (let i: usize = end; i > 0; i -= 8) {
    const row = matrix + ((i - 8) >> 3) * rowBytes;
    let value = load<f64>(right + i - 8);
    for (let k = i; k < end; k += 8) value -= load<f64>(row + k) * load<f64>(right + k);
    store<f64>(right + i - 8, value / load<f64>(row + i - 8));
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

// @ts-ignore: decorator
@inline
function dot(v: usize, x: usize, bytes: usize): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  for (let j: usize = 0; j < bytes; j += 32) {
    a = f32x4.add(a, f32x4.mul(v128.load(v + j), v128.load(x + j)));
    b = f32x4.add(b, f32x4.mul(v128.load(v + j, 16), v128.load(x + j, 16)));
  }
  return sumLanes(f32x4.add(a, b));
}
