import fc from "fast-check";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { symmetricEigen } from "../../src/math/eigen.ts";
import { Random } from "../../src/math/random.ts";

/** (n × n): B Bᵀ − shift, with B from a seed: any sign of eigenvalue. */
function randomSymmetric(n: number, seed: number, shift = 0): Float64Array {
  const random = new Random(seed);
  const b = Matrix.from1DArray(
    n,
    n,
    Array.from({ length: n * n }, () => random.next() - 0.5),
  );
  return Float64Array.from(b.mmul(b.transpose()).sub(Matrix.eye(n, n).mul(shift)).to1DArray());
}

/** The largest |element| of A V − V Λ and of V Vᵀ − I, A's largest element being the unit of the first. */
function defects(matrix: Float64Array, n: number): { residual: number; skewness: number } {
  const { values, vectors } = symmetricEigen(matrix, n);
  const size = Math.max(...matrix.map(Math.abs), Number.MIN_VALUE);
  const a = Matrix.from1DArray(
    n,
    n,
    Array.from(matrix, (value) => value / size),
  );
  const v = Matrix.from1DArray(n, n, [...vectors]);
  const scaled = v.clone().mulColumnVector([...values].map((value) => value / size));
  const residual = v.mmul(a).sub(scaled).abs().max();
  return { residual, skewness: v.mmul(v.transpose()).sub(Matrix.eye(n, n)).abs().max() };
}

describe("symmetricEigen", () => {
  it.each([1, 2, 3, 5, 8, 33, 64, 130])("gives orthonormal eigenvectors of a %i × %i matrix", (n) => {
    const { residual, skewness } = defects(randomSymmetric(n, n, 0.5), n);
    expect(residual).toBeLessThan(1e-13 * n);
    expect(skewness).toBeLessThan(1e-13 * n);
  });

  it("finds the eigenvalues that ml-matrix finds, falling", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), (n, seed) => {
        const matrix = randomSymmetric(n, seed, 0.3);
        const oracle = new EigenvalueDecomposition(Matrix.from1DArray(n, n, [...matrix]), {
          assumeSymmetric: true,
        });
        const expected = [...oracle.realEigenvalues].sort((a, b) => b - a);
        const { values } = symmetricEigen(matrix, n);
        for (let k = 0; k < n; k++) expect(values[k]).toBeCloseTo(expected[k], 11);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it.each([1e-20, 1e-160, 1e-300])("copes with a part %d times the rest, whose squares vanish", (share) => {
    const n = 12;
    const part = randomSymmetric(n - 2, 7, 0.3);
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const inPart = i > 1 && j > 1;
        matrix[i * n + j] = inPart ? part[(i - 2) * (n - 2) + j - 2] * share : i === j ? 1 : 0;
      }
    }
    const { residual, skewness } = defects(matrix, n);
    expect(residual).toBeLessThan(1e-12);
    expect(skewness).toBeLessThan(1e-12);
  });

  it("copes with small whole numbers: zeros, repeated eigenvalues, blocks", () => {
    const matrix = fc.integer({ min: 1, max: 6 }).chain((n) =>
      fc.array(fc.integer({ min: -2, max: 2 }), { minLength: n * n, maxLength: n * n }).map((cells) => {
        const symmetric = new Float64Array(n * n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) symmetric[i * n + j] = cells[Math.max(i, j) * n + Math.min(i, j)];
        }
        return { n, symmetric };
      }),
    );
    fc.assert(
      fc.property(matrix, ({ n, symmetric }) => {
        const { residual, skewness } = defects(symmetric, n);
        expect(residual).toBeLessThan(1e-13);
        expect(skewness).toBeLessThan(1e-13);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it.each([1e-300, 1e-160, 1e160, 1e300])("keeps its accuracy at a scale of %d", (scale) => {
    const matrix = randomSymmetric(9, 4).map((value) => value * scale);
    expect(defects(matrix, 9).residual).toBeLessThan(1e-13);
  });

  it("knows the diagonal, the identity, the zero and the empty matrix", () => {
    const diagonal = symmetricEigen(Float64Array.from([2, 0, 0, 0, -1, 0, 0, 0, 7]), 3);
    expect([...diagonal.values]).toEqual([7, 2, -1]);
    expect([...diagonal.vectors]).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
    expect([...symmetricEigen(Float64Array.from([1, 0, 0, 1]), 2).vectors]).toEqual([1, 0, 0, 1]);
    expect([...symmetricEigen(new Float64Array(4), 2).values]).toEqual([0, 0]);
    expect(symmetricEigen(new Float64Array(), 0).values.length).toBe(0);
  });

  it("makes the largest component of each vector positive", () => {
    const { vectors } = symmetricEigen(randomSymmetric(20, 3), 20);
    for (let k = 0; k < 20; k++) {
      const vector = vectors.subarray(k * 20, (k + 1) * 20);
      expect(Math.max(...vector)).toBe(Math.max(...vector.map(Math.abs)));
    }
  });

  it("reads the lower triangle and leaves the matrix as it was", () => {
    const matrix = Float64Array.from([2, 99, 1, 2]);
    const { values } = symmetricEigen(matrix, 2);
    expect(values[0]).toBeCloseTo(3, 14);
    expect(values[1]).toBeCloseTo(1, 14);
    expect([...matrix]).toEqual([2, 99, 1, 2]);
  });

  it("refuses what is not finite, naming where", () => {
    const matrix = Float64Array.from([1, 0, Number.NaN, 1]);
    expect(() => symmetricEigen(matrix, 2)).toThrow("(1, 0) is NaN");
  });
});
