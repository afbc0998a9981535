import { solveCholesky } from "./cholesky";
import { fillDiagonal } from "./conjugate-gradient";
import { addGram, chunkRows, packRow } from "./gram";

/**
 * Solves each row of `stepRows`'s system by Cholesky's factorisation in f64. A row with fewer pairs than the
 * rank solves the smaller system of its pairs (Woodbury): with u = √a diag^−½ v for each pair and U their
 * rows, (I + U Uᵀ) s = √a and x = diag^−½ Uᵀ s. scratch: stride² f64, stride f64, stride f32, and as panels
 * max(stride, 64) × stride f32.
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
