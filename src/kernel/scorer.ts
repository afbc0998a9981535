/**
 * First pass of exact top-K: which rows of 8-bit codes can still reach a threshold. Plain SIMD.
 *
 * codes  (rows, stride) i8, row-major, zeros past the rank; stride is a multiple of 16
 * scale  (rows) f32: row i is about scale[i] × codes[i]
 * slack  (rows) f32: how far the truth may lie above that, per unit of the query's norm
 * query  (stride) i16, such that no dot product with codes of ±127 leaves an i32
 * hidden (rows) u8, or 0 for none: rows with a value other than 0 are never written
 * into   (rows) u32: the rows found, ascending; the result is how many
 *
 * A row survives when scale × (codes · query) + slack × norm >= threshold. The dot product is exact. Up to
 * three rows past the last one are read (whatever lies there) and dropped, so the pass needs no tail.
 */
export function survivors(
  codes: usize,
  scale: usize,
  slack: usize,
  query: usize,
  hidden: usize,
  into: usize,
  stride: u32,
  count: u32,
  norm: f32,
  threshold: f32,
): u32 {
  const norms = f32x4.splat(norm);
  const thresholds = f32x4.splat(threshold);
  let found: u32 = 0;
  for (let row: u32 = 0; row < count; row += 4) {
    // A whole group that is hidden costs one load: a selective filter makes the pass faster, not slower.
    if (hidden && load<u32>(hidden + row) == 0x01010101) continue;
    const dots = f32x4.convert_i32x4_s(dotFour(codes + usize(row) * stride, query, stride));
    const upper = f32x4.add(
      f32x4.mul(dots, v128.load(scale + usize(row) * 4)),
      f32x4.mul(norms, v128.load(slack + usize(row) * 4)),
    );
    let lanes = i32x4.bitmask(f32x4.ge(upper, thresholds));
    while (lanes) {
      const at = row + ctz(lanes);
      lanes &= lanes - 1;
      if (at >= count || (hidden && load<u8>(hidden + at))) continue;
      store<u32>(into + usize(found) * 4, at);
      found++;
    }
  }
  return found;
}

/** The dot products of four rows with the query, one per lane. */
// @ts-ignore: decorator
@inline
function dotFour(codes: usize, query: usize, stride: u32): v128 {
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  let c = i32x4.splat(0);
  let d = i32x4.splat(0);
  const second = codes + stride;
  const third = second + stride;
  const fourth = third + stride;
  for (let k: usize = 0; k < stride; k += 8) {
    const q = v128.load(query + k * 2);
    a = i32x4.add(a, i32x4.dot_i16x8_s(q, v128.load_ext<i8>(codes + k)));
    b = i32x4.add(b, i32x4.dot_i16x8_s(q, v128.load_ext<i8>(second + k)));
    c = i32x4.add(c, i32x4.dot_i16x8_s(q, v128.load_ext<i8>(third + k)));
    d = i32x4.add(d, i32x4.dot_i16x8_s(q, v128.load_ext<i8>(fourth + k)));
  }
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 2, 4, 6), v128.shuffle<i32>(a, b, 1, 3, 5, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 2, 4, 6), v128.shuffle<i32>(c, d, 1, 3, 5, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 2, 4, 6), v128.shuffle<i32>(ab, cd, 1, 3, 5, 7));
}
