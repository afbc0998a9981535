import { describe, expect, it } from "vitest";
import { comparePaired } from "../../src/evaluation/compare.ts";
import { Random } from "../../src/math/random.ts";
import { compareMeasured, type Measured, UnlikeMeasurementsError } from "../../src/tracking/compare.ts";

const users = (count: number, mean: number, seed: number): Float32Array => {
  const random = new Random(seed);
  return Float32Array.from({ length: count }, () => mean + 0.2 * (random.next() - 0.5));
};
const measured = (name: string, values: Float32Array, changes: Partial<Measured> = {}): Measured => {
  return { name, part: "test", cut: "c", metric: "ndcg@10 on all items", values, ...changes };
};
const base = measured("a", users(1000, 0.3, 1));
const other = measured("b", users(1000, 0.32, 2));

describe("a comparison", () => {
  it("says in words which is better and by how much, by the paired bootstrap", () => {
    const { verdict, sentence, difference } = compareMeasured(base, other);
    expect(verdict).toBe("better");
    expect(sentence).toMatch(
      /^b is better than a by 0\.0\d{3} ± 0\.00\d\d \(95 % interval \+0\.\d{4} to \+0\.\d{4}; ndcg@10 on all items, test part, 1,000 users\)$/,
    );
    expect(difference).toEqual(comparePaired(base.values, other.values, { seed: 1 }));
  });

  it("says the same the other way round", () => {
    expect(compareMeasured(other, base).sentence).toMatch(/^a is worse than b by 0\.0/);
  });

  it("cannot tell what an interval around 0 leaves open, or too few users", () => {
    expect(compareMeasured(base, { ...base, name: "b" }).sentence).toMatch(
      /^cannot tell b from a: \+0\.0000 /,
    );
    const few = (from: Measured) => ({ ...from, values: from.values.subarray(0, 199) });
    const told = compareMeasured(few(base), few(measured("b", users(1000, 0.5, 2))));
    expect(told.verdict).toBe("cannot tell");
    expect(told.sentence).toMatch(/199 users, and under 200 users cannot tell/);
  });

  it("says what was measured at less than it can", () => {
    const fallen = { ...other, fellOutAt: { factors: 16, iterations: 1 } };
    expect(compareMeasured(base, fallen).sentence).toMatch(/; b fell out at 16 factors after 1 iteration$/);
  });

  it.each([
    [{ cut: "d" }, /not measured on the same cut.*the same --split, --test-from and --validation-from/],
    [{ metric: "map@20 on all items" }, /by ndcg@10 on all items, b by map@20.*the same --select-by/],
    [{ part: "validation" as const }, /compare two of a kind/],
  ])("refuses what does not pair up, and says what to do: %j", (changes, message) => {
    expect(() => compareMeasured(base, { ...other, ...changes })).toThrow(UnlikeMeasurementsError);
    expect(() => compareMeasured(base, { ...other, ...changes })).toThrow(message);
  });
});
