import { solveCholesky } from "./cholesky";
import { fillDiagonal, stepRow } from "./conjugate-gradient";
import { addGram, chunkRows, packRow } from "./gram";

/** A row whose squared residual shrank to this is solved, as far as f32 goes. */
const solvedShare: f32 = 1e-11;

/**
 * Solves each row of `stepRows`'s system as exactly as f32 can tell: by conjugate gradient where that comes to an end
 * within as many steps as there are factors, which cost what factorising does; else by Cholesky's factorisation in f64.
 * scratch: stride² f64, stride f64, stride f32, and as panels 64 × stride f32, of which the steps use 3.
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
    fillDiagonal(diagonal, gram, weights ? load<f32>(weights + at) : 1, load<f32>(ridges + at), bytes);
    const left = stepRow(first, first + count, columns, values, sources, x, diagonal, stride, solvedShare, bytes);
    if (left <= solvedShare) continue;
    factorise(count, column, value, sources, x, diagonal, matrix, right, panels, stride);
  }
}

/** (diag + Σ a v vᵀ) x = Σ a v */
function factorise(
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
      addPromoted(v, f64(a), right, bytes);
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

/** into f64 += a × v f32 */
// @ts-ignore: decorator
@inline
function addPromoted(v: usize, a: f64, into: usize, bytes: usize): void {
  const weights = f64x2.splat(a);
  for (let j: usize = 0; j < bytes; j += 16) {
    const four = v128.load(v + j);
    const low = f64x2.mul(weights, f64x2.promote_low_f32x4(four));
    const high = f64x2.mul(weights, f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 2, 3)));
    const at = into + (j << 1);
    v128.store(at, f64x2.add(v128.load(at), low));
    v128.store(at, f64x2.add(v128.load(at, 16), high), 16);
  }
}
