/** The 8-bit copy of factors that the first pass of top-K reads. */
export interface Codes {
  /** (rows, stride), row-major, zeros past the rank; from -127 to 127 */
  readonly codes: Int8Array;
  /** (rows): factors[i] ≈ scale[i] × codes[i] */
  readonly scale: Float32Array;
  /** (rows): see below */
  readonly slack: Float32Array;
}

/** Bytes of one row of codes. */
export function codeStride(rank: number): number {
  return Math.ceil(rank / 16) * 16;
}

/** The largest absolute value of a query's 16-bit codes: no dot product with a row of ±127 leaves an i32. */
export function queryCodeMax(rank: number): number {
  return Math.min(32767, Math.floor((2 ** 31 - 1) / (127 * Math.max(1, codeStride(rank)))));
}

/** The largest norm of a row of factors, (rows, rank) row-major. */
export function largestNorm(factors: Float32Array, rank: number): number {
  let largest = 0;
  for (let from = 0; from < factors.length; from += rank) {
    let square = 0;
    for (let k = from; k < from + rank; k++) square += factors[k] * factors[k];
    largest = Math.max(largest, square);
  }
  return Math.sqrt(largest);
}

/**
 * Fills the 8-bit copy of factors, (rows, rank) row-major.
 *
 * **The bound.** Let y be a row, q its codes, s its scale, e = y - s q; x a query, t > 0 its scale, p its codes,
 * P = `queryCodeMax` and N = ‖x‖ / t. In units of t a score is
 *     x·y / t = s (p·q) + (x/t - p)·(s q) + (x/t)·e
 * and each element of x/t - p is at most 1/2 (and a rounding of 2^-37), so by Cauchy and Schwarz
 *     |x·y / t - s (p·q)| <= (√d / 2)(1 + 2^-30) ‖s q‖ + N ‖e‖.
 * The largest element of x becomes ±P, so N >= P (1 - 2^-37), and √d / 2 <= N ρ with ρ = √d / (2 P) (1 + 2^-29).
 * To that come the roundings, each as a share of N ‖s q‖ unless said otherwise:
 * - the score itself, summed in f64: d 2^-53 N ‖y‖, and ‖y‖ <= ‖s q‖ + ‖e‖; with d <= 4096 below 2^-40;
 * - p·q is exact; its conversion to f32 and the product with s: 2 × 2^-24 ‖p‖ ‖s q‖, where ‖p‖ <= N (1 + ρ),
 *   and 2^-150 where the product underflows;
 * - slack × N and the sum in f32: 2^-24 each, of what they add up.
 * They stay below 2^-21 ‖s q‖ N + 2^-20 of the bound + 2^-120 N (N >= 1), which is what `slack` adds:
 *     slack = ((ρ + 2^-21) ‖s q‖ + ‖e‖) (1 + 2^-20) + 2^-120, rounded up.
 * So a score / t never exceeds s (p·q) + slack N as the kernel computes it. Nothing overflows in f32 as long as
 * ‖y‖ < `normMax`, since N <= √d (P + 1) < 2^22; a model with a larger row is scored plainly.
 */
export function quantise(factors: Float32Array, rank: number, { codes, scale, slack }: Codes): void {
  const stride = codeStride(rank);
  const rho = (Math.sqrt(rank) / (2 * queryCodeMax(rank))) * (1 + 2 ** -29);
  for (let row = 0; row < scale.length; row++) {
    const from = row * rank;
    let largest = 0;
    for (let k = 0; k < rank; k++) largest = Math.max(largest, Math.abs(factors[from + k]));
    const step = Math.fround(largest / 127);
    // Codes need not be the nearest ones, since ‖e‖ is measured: so a product does for a quotient, and the
    // quotient by a step that underflowed may be cut off.
    const perStep = step === 0 ? 0 : 1 / step;
    let codeSquare = 0;
    let errorSquare = 0;
    for (let k = 0; k < rank; k++) {
      const code = Math.max(-127, Math.min(127, Math.round(factors[from + k] * perStep)));
      const error = factors[from + k] - step * code;
      codes[row * stride + k] = code;
      codeSquare += code * code;
      errorSquare += error * error;
    }
    const bound = (rho + 2 ** -21) * step * Math.sqrt(codeSquare) + Math.sqrt(errorSquare);
    scale[row] = step;
    slack[row] = roundUp(bound * (1 + 2 ** -20) + 2 ** -120);
  }
}

/** From this norm on, f32 could overflow within the first pass. */
export const normMax = 2 ** 95;
export const rankMax = 4096;

/** An f32 not below a positive number. */
function roundUp(value: number): number {
  return Math.fround(value * (1 + 2 ** -23));
}

/** An f32 strictly below a number, and by no more than 2^-21 of it. */
export function roundDown(value: number): number {
  return Math.fround(value - (Math.abs(value) * 2 ** -22 + 2 ** -120));
}
