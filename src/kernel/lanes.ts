// @ts-ignore: decorator
@inline
export function sumLanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 2) +
    (f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 3))
  );
}

// @ts-ignore: decorator
@inline
export function dot(v: usize, x: usize, bytes: usize): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  for (let j: usize = 0; j < bytes; j += 32) {
    a = f32x4.add(a, f32x4.mul(v128.load(v + j), v128.load(x + j)));
    b = f32x4.add(b, f32x4.mul(v128.load(v + j, 16), v128.load(x + j, 16)));
  }
  return sumLanes(f32x4.add(a, b));
}

/** The sums of a's, b's, c's and d's lanes, one per lane. */
// @ts-ignore: decorator
@inline
export function sumEach(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 2, 4, 6), v128.shuffle<f32>(a, b, 1, 3, 5, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 2, 4, 6), v128.shuffle<f32>(c, d, 1, 3, 5, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}
