/** The eigenvectors of `eigen.ts`: its third phase. */

/**
 * Columns from ≤ c < to, sixteen at most, of vectors (n, stride) f64, whose row k becomes the eigenvector of diagonal[k].
 * room: (n, 16) f64.
 */
export function turnColumns(
  from: u32,
  to: u32,
  work: usize,
  scales: usize,
  rotations: usize,
  sweeps: usize,
  vectors: usize,
  room: usize,
  n: u32,
  stride: u32,
): void {
  memory.fill(room, 0, usize(n) << 7);
  for (let c = from; c < to; c++) store<f64>(room + (usize(c) << 7) + (usize(c - from) << 3), 1);
  for (let k: u32 = 0; k + 1 < n; k++) {
    const scale = load<f64>(scales + (usize(k) << 3));
    if (scale != 0) reflectColumns(work + usize(k) * (usize(stride) << 3), k + 1, n, scale, room);
  }
  const count = load<u32>(sweeps);
  let rotation = rotations;
  for (let sweep: u32 = 0; sweep < count; sweep++) {
    const at = sweeps + 8 + (usize(sweep) << 3);
    const made = load<u32>(at, 4);
    if (made > 0) rotateColumns(rotation, made, room + (usize(load<u32>(at)) << 7));
    rotation += usize(made) << 4;
  }
  for (let row: u32 = 0; row < n; row++) {
    const into = vectors + ((usize(row) * usize(stride) + usize(from)) << 3);
    memory.copy(into, room + (usize(row) << 7), usize(to - from) << 3);
  }
}

/** columns −= scale v (vᵀ columns), for rows from `first` on; eight columns at a time. */
function reflectColumns(v: usize, first: u32, n: u32, scale: f64, room: usize): void {
  for (let half: usize = 0; half < 128; half += 64) {
    let a = f64x2.splat(0);
    let b = f64x2.splat(0);
    let c = f64x2.splat(0);
    let d = f64x2.splat(0);
    for (let j = first; j < n; j++) {
      const at = room + (usize(j) << 7) + half;
      const vj = v128.load_splat<f64>(v + (usize(j) << 3));
      a = f64x2.add(a, f64x2.mul(vj, v128.load(at)));
      b = f64x2.add(b, f64x2.mul(vj, v128.load(at, 16)));
      c = f64x2.add(c, f64x2.mul(vj, v128.load(at, 32)));
      d = f64x2.add(d, f64x2.mul(vj, v128.load(at, 48)));
    }
    const scales = f64x2.splat(scale);
    a = f64x2.mul(a, scales);
    b = f64x2.mul(b, scales);
    c = f64x2.mul(c, scales);
    d = f64x2.mul(d, scales);
    for (let j = first; j < n; j++) {
      const at = room + (usize(j) << 7) + half;
      const vj = v128.load_splat<f64>(v + (usize(j) << 3));
      v128.store(at, f64x2.sub(v128.load(at), f64x2.mul(vj, a)));
      v128.store(at, f64x2.sub(v128.load(at, 16), f64x2.mul(vj, b)), 16);
      v128.store(at, f64x2.sub(v128.load(at, 32), f64x2.mul(vj, c)), 32);
      v128.store(at, f64x2.sub(v128.load(at, 48), f64x2.mul(vj, d)), 48);
    }
  }
}

/** The rotations of one sweep: each turns a row with the one above it, which the next one needs too and so is carried. */
function rotateColumns(rotations: usize, count: u32, lowest: usize): void {
  const end = rotations + (usize(count) << 4);
  for (let half: usize = 0; half < 128; half += 64) {
    let lower = lowest + half;
    let a = v128.load(lower);
    let b = v128.load(lower, 16);
    let c = v128.load(lower, 32);
    let d = v128.load(lower, 48);
    for (let rotation = rotations; rotation < end; rotation += 16) {
      const cosine = v128.load_splat<f64>(rotation);
      const sine = v128.load_splat<f64>(rotation, 8);
      const upper = lower - 128;
      const ua = v128.load(upper);
      const ub = v128.load(upper, 16);
      const uc = v128.load(upper, 32);
      const ud = v128.load(upper, 48);
      v128.store(lower, f64x2.add(f64x2.mul(sine, ua), f64x2.mul(cosine, a)));
      v128.store(lower, f64x2.add(f64x2.mul(sine, ub), f64x2.mul(cosine, b)), 16);
      v128.store(lower, f64x2.add(f64x2.mul(sine, uc), f64x2.mul(cosine, c)), 32);
      v128.store(lower, f64x2.add(f64x2.mul(sine, ud), f64x2.mul(cosine, d)), 48);
      a = f64x2.sub(f64x2.mul(cosine, ua), f64x2.mul(sine, a));
      b = f64x2.sub(f64x2.mul(cosine, ub), f64x2.mul(sine, b));
      c = f64x2.sub(f64x2.mul(cosine, uc), f64x2.mul(sine, c));
      d = f64x2.sub(f64x2.mul(cosine, ud), f64x2.mul(sine, d));
      lower = upper;
    }
    v128.store(lower, a);
    v128.store(lower, b, 16);
    v128.store(lower, c, 32);
    v128.store(lower, d, 48);
  }
}
