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
