/** Whether no value is NaN or infinite; four sums at a time, since a test for each would cost more than training. */
export function areFinite(values: ArrayLike<number>): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length & ~3;
  for (let at = 0; at < whole; at += 4) {
    // 0 for a finite number, NaN for any other.
    a += values[at] * 0;
    b += values[at + 1] * 0;
    c += values[at + 2] * 0;
    d += values[at + 3] * 0;
  }
  for (let at = whole; at < values.length; at++) a += values[at] * 0;
  return a + b + c + d === 0;
}
