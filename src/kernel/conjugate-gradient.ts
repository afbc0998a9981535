import { sumLanes } from "./lanes";
import { sumPairs, sumProducts } from "./pairs";

/** A squared residual that shrank to this is rounding: going on would divide noise by noise. */
const solvedShare: f32 = 1e-13;

/**
 * Conjugate gradient, `steps` steps a row from 0, on
 *
 *   (diag(weight[r] × gram + ridge[r]) + Σ a v vᵀ) x = Σ a v
 *
 * preconditioned by the diagonal. sources and targets are dense, gram (stride) f32, ridges (rows) f32,
 * weights (rows) f32 or 0 for 1. scratch: 4 × stride f32.
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
  for (let row = from; row < to; row++) {
    const at = usize(row) << 2;
    fillDiagonal(scratch, gram, weights ? load<f32>(weights + at) : 1, load<f32>(ridges + at), bytes);
    const first = load<u32>(starts + at);
    const last = load<u32>(starts + at, 4);
    stepRow(first, last, columns, values, sources, targets + usize(row) * bytes, scratch, steps, solvedShare, bytes);
  }
}

/**
 * At most so many steps from x = 0, fewer where the squared residual shrinks to `enough` of what it was; the part that
 * is left of it. scratch begins with the diagonal.
 */
export function stepRow(
  first: u32,
  last: u32,
  columns: usize,
  values: usize,
  sources: usize,
  x: usize,
  scratch: usize,
  steps: u32,
  enough: f32,
  bytes: usize,
): f32 {
  const residual = scratch + bytes;
  const direction = residual + bytes;
  const product = direction + bytes;
  memory.fill(x, 0, bytes);
  if (first == last) return 0;
  sumPairs(first, last, columns, values, sources, residual, bytes);
  const begun = startDirection(scratch, residual, direction, bytes);
  let size = begun;
  for (let step: u32 = 0; step < steps && size > begun * enough; step++) {
    sumProducts(first, last, columns, values, sources, direction, product, bytes);
    const curvature = finishProduct(scratch, direction, product, bytes);
    if (!(curvature > 0)) break;
    const before = size;
    size = advance(size / curvature, x, scratch, residual, direction, product, bytes);
    turn(size / before, scratch, residual, direction, bytes);
  }
  return size / begun;
}

// @ts-ignore: decorator
@inline
export function fillDiagonal(into: usize, gram: usize, weight: f32, ridge: f32, bytes: usize): void {
  const weights = f32x4.splat(weight);
  const ridges = f32x4.splat(ridge);
  for (let j: usize = 0; j < bytes; j += 16) {
    v128.store(into + j, f32x4.add(f32x4.mul(weights, v128.load(gram + j)), ridges));
  }
}

/** direction = residual / diagonal; their dot product. */
// @ts-ignore: decorator
@inline
function startDirection(diagonal: usize, residual: usize, direction: usize, bytes: usize): f32 {
  let total = f32x4.splat(0);
  for (let j: usize = 0; j < bytes; j += 16) {
    const r = v128.load(residual + j);
    const z = f32x4.div(r, v128.load(diagonal + j));
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
