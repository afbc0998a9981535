import { expect, it } from "vitest";
import { Random } from "../../src/math/random.ts";
import { ratioInterval } from "../../src/math/ratio.ts";

const options = { resamples: 400, seed: 3 };

it("is the ratio of sums, and the same for the same seed", () => {
  const ratio = ratioInterval([1, 0, 3], [4, 4, 8], options);
  expect(ratio.value).toBe(0.25);
  expect(ratio.low).toBeLessThanOrEqual(0.25);
  expect(ratio.high).toBeGreaterThanOrEqual(0.25);
  expect(ratioInterval([1, 0, 3], [4, 4, 8], options)).toEqual(ratio);
  expect(ratioInterval([2, 2], [8, 8], options)).toEqual({ value: 0.25, low: 0.25, high: 0.25 });
  expect(ratioInterval([], [], options).value).toBeNaN();
});

it("holds the true ratio in about 95 of 100 samples", () => {
  const random = new Random(5);
  let held = 0;
  for (let sample = 0; sample < 200; sample++) {
    const shown = Array.from({ length: 80 }, () => 1 + random.integer(9));
    const clicked = shown.map(
      (rows) => Array.from({ length: rows }, () => random.next()).filter((x) => x < 0.3).length,
    );
    const { low, high } = ratioInterval(clicked, shown, { resamples: 200, seed: sample });
    if (low <= 0.3 && 0.3 <= high) held++;
  }
  expect(held).toBeGreaterThan(178);
  expect(held).toBeLessThan(199);
});
