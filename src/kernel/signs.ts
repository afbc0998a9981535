/**
 * rows (rows, stride) f32: −1 or 1 by the bits of a hash of seed, row and place, as the readable solver's start says;
 * zeros past the rank.
 */
export function signRows(from: u32, to: u32, rows: usize, seed: u32, rank: u32, stride: u32): void {
  for (let row = from; row < to; row++) {
    const into = rows + usize(row) * (usize(stride) << 2);
    const ofRow = mix(seed + row * 0x9e3779b9);
    for (let k: u32 = 0; k < stride; k += 32) {
      let bits = mix(ofRow + (k >> 5) * 0x9e3779b9);
      const end = min(k + 32, stride);
      for (let j = k; j < end; j += 4) {
        // Four bits, the highest first, become the signs of ones.
        const signs = v128.and(i32x4.mul(i32x4.splat(bits), i32x4(1, 2, 4, 8)), f32x4.splat(-0.0));
        v128.store(into + (usize(j) << 2), v128.or(signs, f32x4.splat(1)));
        bits <<= 4;
      }
    }
    memory.fill(into + (usize(rank) << 2), 0, usize(stride - rank) << 2);
  }
}

// @ts-ignore: decorator
@inline
function mix(number: u32): u32 {
  let mixed = number;
  mixed = (mixed ^ (mixed >> 16)) * 0x85ebca6b;
  mixed = (mixed ^ (mixed >> 13)) * 0xc2b2ae35;
  return mixed ^ (mixed >> 16);
}
