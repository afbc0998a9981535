/**
 * row ← scale[r] × (row · direction_k)_k in place. scales (rows) f32, or 0 for 1. directions are packed: 8 of
 * them side by side, (stride / 8, stride, 8) f32. scratch: 4 × stride f32. from is a multiple of 4.
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
