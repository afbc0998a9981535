/**
 * matrix × solution = right, in place in f64. matrix is (size, stride), read on and above its diagonal; it
 * becomes RᵀR's R, each row after the pivot's division taken off the rows below.
 */
export function solveCholesky(matrix: usize, right: usize, size: u32, stride: u32): void {
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
