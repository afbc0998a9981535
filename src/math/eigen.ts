export interface SymmetricEigen {
  /** (n), falling */
  readonly values: Float64Array;
  /** (n × n), row-major: row k is the unit eigenvector of values[k], its largest component positive */
  readonly vectors: Float64Array;
}

/** A small bound that is never met on finite input: 30 is what the literature uses. */
const sweepsMax = 60;

/**
 * All eigenvalues and eigenvectors of a symmetric matrix, `matrix` (n × n) row-major, of which the lower
 * triangle is read. Householder's tridiagonalisation, then QL with implicit shifts (Bowdler, Martin, Reinsch,
 * Wilkinson 1968; Golub and Van Loan §8.3). In f64 with + − × ÷ and √ alone, in a fixed order, so that the
 * same bytes come out on every machine. Throws a RangeError on NaN and infinity.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const unit = unitOf(matrix);
  const work = symmetricCopy(matrix, n, unit);
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const reflectorScale = tridiagonalise(work, n, diagonal, beside);
  const vectors = accumulate(work, n, reflectorScale);
  implicitQl(diagonal, beside, vectors, n);
  for (let i = 0; i < n; i++) diagonal[i] *= unit;
  return arrangeEigen(diagonal, vectors, n);
}

/** Below this a sum of squares has lost digits, and is nothing beside a matrix whose largest element is 1 to 2. */
const vanishing = 2 ** -960;

/** A power of two: divided by it no square overflows or vanishes, and no digit changes. */
export function unitOf(matrix: Float64Array): number {
  let largest = 0;
  for (const value of matrix) largest = Math.max(largest, Math.abs(value));
  let unit = 1;
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return unit;
  while (largest / unit >= 2) unit *= 2;
  while (largest / unit < 1) unit /= 2;
  return unit;
}

/** The lower triangle on both sides, in multiples of `unit`. */
function symmetricCopy(matrix: Float64Array, n: number, unit: number): Float64Array {
  const copy = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = matrix[i * n + j];
      if (!Number.isFinite(value)) {
        throw new RangeError(`a symmetric matrix must be finite, but (${i}, ${j}) is ${value}`);
      }
      copy[i * n + j] = value / unit;
      copy[j * n + i] = value / unit;
    }
  }
  return copy;
}

/**
 * A = Q T Qᵀ with Q = H₀ H₁ …, H_k = I − scale_k v_k v_kᵀ. Leaves v_k in row k of `work`, right of the
 * diagonal, T in `diagonal` and `beside` (its element k couples k and k + 1), and returns the scales.
 */
function tridiagonalise(
  work: Float64Array,
  n: number,
  diagonal: Float64Array,
  beside: Float64Array,
): Float64Array {
  const scales = new Float64Array(n);
  const product = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    const v = work.subarray(k * n, (k + 1) * n);
    diagonal[k] = v[k];
    let tail = 0;
    for (let j = k + 2; j < n; j++) tail += v[j] * v[j];
    if (tail <= vanishing) {
      beside[k] = v[k + 1];
      continue;
    }
    const norm = Math.sqrt(v[k + 1] * v[k + 1] + tail);
    beside[k] = v[k + 1] > 0 ? -norm : norm;
    // The sign above makes this a sum of like signs, without cancellation.
    v[k + 1] -= beside[k];
    scales[k] = 2 / (v[k + 1] * v[k + 1] + tail);
    reflect(work, n, k, scales[k], product);
  }
  if (n > 0) diagonal[n - 1] = work[n * n - 1];
  return scales;
}

/** Applies H_k from both sides to what lies below and right of (k, k): A −= v wᵀ + w vᵀ. */
function reflect(work: Float64Array, n: number, k: number, scale: number, w: Float64Array): void {
  const v = work.subarray(k * n, (k + 1) * n);
  let vAv = 0;
  for (let i = k + 1; i < n; i++) {
    const row = work.subarray(i * n, (i + 1) * n);
    let dot = 0;
    for (let j = k + 1; j < n; j++) dot += row[j] * v[j];
    w[i] = dot * scale;
    vAv += w[i] * v[i];
  }
  const half = (vAv * scale) / 2;
  for (let i = k + 1; i < n; i++) w[i] -= half * v[i];
  for (let i = k + 1; i < n; i++) {
    const row = work.subarray(i * n, (i + 1) * n);
    const vi = v[i];
    const wi = w[i];
    for (let j = k + 1; j < n; j++) row[j] -= vi * w[j] + wi * v[j];
  }
}

/** Qᵀ (n × n) row-major: its rows, which QL turns into eigenvectors, lie contiguous. */
function accumulate(work: Float64Array, n: number, scales: Float64Array): Float64Array {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let k = n - 2; k >= 0; k--) {
    if (scales[k] === 0) continue;
    const v = work.subarray(k * n, (k + 1) * n);
    for (let i = k + 1; i < n; i++) {
      const row = q.subarray(i * n, (i + 1) * n);
      let dot = 0;
      for (let j = k + 1; j < n; j++) dot += row[j] * v[j];
      dot *= scales[k];
      for (let j = k + 1; j < n; j++) row[j] -= dot * v[j];
    }
  }
  return q;
}

/** Diagonalises T in place, turning the rows of `vectors` along. */
function implicitQl(diagonal: Float64Array, beside: Float64Array, vectors: Float64Array, n: number): void {
  for (let low = 0; low < n; low++) {
    for (let sweep = 0; ; sweep++) {
      let high = low;
      while (high < n - 1 && !isNegligible(beside[high], diagonal[high], diagonal[high + 1])) high++;
      if (high === low) break;
      if (sweep === sweepsMax) throw new RangeError(`no eigenvalue after ${sweepsMax} sweeps`);
      sweepQl(diagonal, beside, vectors, low, high);
    }
  }
}

/** Beside its neighbours; or beside the matrix, whose largest element is 1 to 2: the squares of what is less may vanish. */
function isNegligible(coupling: number, above: number, below: number): boolean {
  const size = Math.abs(above) + Math.abs(below);
  return size + Math.abs(coupling) === size || Math.abs(coupling) <= Number.EPSILON;
}

/** One sweep of plane rotations over rows low…high, shifted by the eigenvalue of the top 2 × 2 block. */
function sweepQl(
  diagonal: Float64Array,
  beside: Float64Array,
  vectors: Float64Array,
  low: number,
  high: number,
): void {
  const n = diagonal.length;
  const slope = (diagonal[low + 1] - diagonal[low]) / (2 * beside[low]);
  const root = Math.sqrt(slope * slope + 1);
  let g = diagonal[high] - diagonal[low] + beside[low] / (slope + (slope < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let shift = 0;
  for (let i = high - 1; i >= low; i--) {
    const f = sine * beside[i];
    const b = cosine * beside[i];
    const length = Math.sqrt(f * f + g * g);
    if (i + 1 < n) beside[i + 1] = length;
    if (length === 0) {
      // The matrix falls apart here: what is done so far stands, the rest is another sweep.
      diagonal[i + 1] -= shift;
      beside[high] = 0;
      return;
    }
    sine = f / length;
    cosine = g / length;
    g = diagonal[i + 1] - shift;
    const turned = (diagonal[i] - g) * sine + 2 * cosine * b;
    shift = sine * turned;
    diagonal[i + 1] = g + shift;
    g = cosine * turned - b;
    turnRows(vectors, n, i, sine, cosine);
  }
  diagonal[low] -= shift;
  beside[low] = g;
  beside[high] = 0;
}

function turnRows(vectors: Float64Array, n: number, i: number, sine: number, cosine: number): void {
  const upper = vectors.subarray(i * n, (i + 1) * n);
  const lower = vectors.subarray((i + 1) * n, (i + 2) * n);
  for (let k = 0; k < n; k++) {
    const f = lower[k];
    lower[k] = sine * upper[k] + cosine * f;
    upper[k] = cosine * upper[k] - sine * f;
  }
}

/** Eigenvalues as they fall; the vector of values[k] is row k of `vectors`, whose rows are `stride` apart. */
export function arrangeEigen(values: Float64Array, vectors: Float64Array, stride: number): SymmetricEigen {
  const n = values.length;
  const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a] || a - b);
  const arranged = new Float64Array(n * n);
  for (const [to, from] of order.entries()) {
    const vector = vectors.subarray(from * stride, from * stride + n);
    let largest = 0;
    for (const component of vector) if (Math.abs(component) > Math.abs(largest)) largest = component;
    const sign = largest < 0 ? -1 : 1;
    for (let k = 0; k < n; k++) arranged[to * n + k] = sign * vector[k];
  }
  return { values: Float64Array.from(order, (row) => values[row]), vectors: arranged };
}
