/** Rows that a Gram adds up in f32 before it goes on in f64. */
export const chunkRows: u32 = 64;

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

/** Writes scale × row as row m of panels of 8 columns: (stride / 8, count, 8) f32. */
// @ts-ignore: decorator
@inline
export function packRow(row: usize, scale: f32, panels: usize, m: u32, count: u32, stride: u32): void {
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
export function addGram(panels: usize, count: u32, size: u32, matrix: usize): void {
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
