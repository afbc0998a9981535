import { type BootstrapOptions, type Interval, middle95, rowDrawer } from "./bootstrap.ts";

/**
 * Σ numerators / Σ denominators with its 95 % percentile bootstrap interval. Rows are what is drawn, with replacement:
 * where a row is a user, what one user does many times counts as one observation, as it should.
 *
 * Both are (rows); without rows, or where the denominators sum to 0, all three are NaN.
 */
export function ratioInterval(
  numerators: ArrayLike<number>,
  denominators: ArrayLike<number>,
  { resamples, seed }: BootstrapOptions,
): Interval {
  const count = numerators.length;
  const value = sumOf(numerators) / sumOf(denominators);
  if (count === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const draw = rowDrawer(count, seed);
  const estimates = Float64Array.from({ length: resamples }, () => {
    let [numerator, denominator] = [0, 0];
    for (let drawn = 0; drawn < count; drawn++) {
      const row = draw();
      numerator += numerators[row];
      denominator += denominators[row];
    }
    return numerator / denominator;
  });
  return { value, ...middle95(estimates) };
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at];
  return sum;
}
