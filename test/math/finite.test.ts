import fc from "fast-check";
import { expect, it } from "vitest";
import { areFinite } from "../../src/math/finite.ts";

it("finds what is not finite, wherever it is", () => {
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }));
  fc.assert(
    fc.property(values, fc.constantFrom(Number.NaN, Infinity, -Infinity), fc.nat(), (list, bad, at) => {
      expect(areFinite(Float64Array.from(list))).toBe(true);
      if (list.length === 0) return;
      list[at % list.length] = bad;
      expect(areFinite(Float64Array.from(list))).toBe(false);
      expect(areFinite(Float32Array.from(list))).toBe(false);
    }),
    { seed: 1 },
  );
});
