import fc from "fast-check";
import { evaluate } from "mathjs/number";
import { describe, expect, it } from "vitest";
import { compileConfidence, FormulaError } from "../../src/interactions/confidence.ts";
import {
  ConfidenceProgramError,
  checkConfidenceProgram,
  runConfidence,
} from "../../src/interactions/confidence-program.ts";

const sample = { r: 3, n: 2, value: 10.5, age: 7 };

function confidence(formula: string, parameters: Record<string, number> = {}): number {
  return runConfidence(compileConfidence(formula, parameters), sample);
}

describe("compileConfidence", () => {
  it.each([
    ["r", 3],
    ["2r + n", 8],
    ["-r ^ 2", -9],
    ["2 ^ 3 ^ 2", 512],
    ["(r - n) / 4", 0.25],
    ["+r - -n", 5],
    ["1e2 * .5", 50],
    ["min(r, n, 9) + max(1, value)", 12.5],
    ["log(8, 2)", 3],
    ["pow(sqrt(n * 8), 2)", 16],
    ["abs(n - r)", 1],
    ["r > 2 ? 1 : 0", 1],
    ["age <= 6 ? 1 : n >= 2 ? 5 : 7", 5],
    ["(r < 3) + 1", 1],
  ])("computes %s", (formula, expected) => {
    expect(confidence(formula)).toBeCloseTo(expected, 12);
  });

  it("computes Hu, Koren and Volinsky's formula with parameters", () => {
    const parameters = { alpha: 40, epsilon: 0.1 };
    expect(confidence("1 + alpha * log(1 + r / epsilon)", parameters)).toBe(1 + 40 * Math.log(1 + 3 / 0.1));
    expect(confidence("log1p(r) * exp(-age / half)", { half: 7 })).toBe(Math.log1p(3) * Math.exp(-1));
  });

  it.each([
    ["r + frequency", /unknown symbol frequency \(char 5\)/],
    ["a = 3", /assignment/],
    ["f(x) = x", /functionassignment/i],
    ["r; n", /block/],
    ["r.constructor", /accessor/],
    ["r[1]", /accessor/],
    ["[r, n]", /array/],
    ["{a: r}", /object/],
    ['import("fs")', /function import \(char 1\)/],
    ['evaluate("r")', /function evaluate/],
    ["cos(r)", /function cos/],
    ["constructor", /unknown symbol constructor/],
    ["toString(r)", /function toString/],
    ["r!", /operator !/],
    ["r % 2", /operator %/],
    ["r == 2", /operator ==/],
    ["r and n", /operator and/],
    ["1 < r < 3", /relational/],
    ["5 cm", /unknown symbol cm/],
    ["'text'", /constant "text"/],
    ["true", /constant true/],
    ["1e999", /constant/],
    ["e", /unknown symbol e/],
    ["log", /unknown symbol log/],
    ["log()", /log takes 1 to 2 values, not 0/],
    ["sqrt(1, 2)", /sqrt takes 1 values, not 2/],
    ["", /empty formula/],
    ["r +", /char 4/],
    ["(r", /Parenthesis/],
    ["1+".repeat(600), /at most 1000 characters/],
  ])("refuses %s", (formula, message) => {
    expect(() => compileConfidence(formula, {})).toThrow(FormulaError);
    expect(() => compileConfidence(formula, {})).toThrow(message);
  });

  it("says what is allowed", () => {
    expect(() => compileConfidence("r * beta", { alpha: 1 })).toThrow(
      /Allowed are numbers, r, n, value, age, alpha/,
    );
  });

  it("refuses parameters that hide what has a meaning, or that are no numbers", () => {
    for (const name of ["r", "log", "a b", "2x", ""]) {
      expect(() => compileConfidence("r", { [name]: 1 }), name).toThrow(FormulaError);
    }
    expect(() => compileConfidence("alpha * r", { alpha: Number.NaN })).toThrow(/alpha is NaN/);
  });

  it("refuses a formula that nests deeper than the machine's stack", () => {
    expect(() => compileConfidence(`${"(1+".repeat(80)}r${")".repeat(80)}`, {})).toThrow(
      /more than 64 values/,
    );
  });

  it("agrees with mathjs on every formula", () => {
    const leaf = fc.oneof(
      fc.constantFrom("r", "n", "value", "age", "alpha"),
      fc.integer({ min: 0, max: 9 }).map(String),
      fc.constantFrom("0.5", "2.25"),
    );
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc
          .tuple(tie("tree"), fc.constantFrom("+", "-", "*", "/", "^"), tie("tree"))
          .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
        fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `(-${a} - +${b})`),
        fc
          .tuple(fc.constantFrom("log", "log1p", "exp", "sqrt", "abs"), tie("tree"))
          .map(([f, a]) => `${f}(${a})`),
        fc
          .tuple(fc.constantFrom("min", "max", "pow"), tie("tree"), tie("tree"))
          .map(([f, a, b]) => `${f}(${a}, ${b})`),
        fc.tuple(tie("tree"), tie("tree"), tie("tree")).map(([a, b, c]) => `(${a} > 2 ? ${b} : ${c})`),
      ),
    }));
    // Whole and quarter numbers, so that no comparison falls within mathjs's tolerance for equality by rounding.
    const number = fc.integer({ min: 1, max: 40 }).map((quarters) => quarters / 4);
    const law = (formula: string, [r, n, value, age, alpha]: number[]) => {
      const expected: unknown = evaluate(formula, { r, n, value, age, alpha });
      const actual = runConfidence(compileConfidence(formula, { alpha }), { r, n, value, age });
      if (typeof expected !== "number" || !Number.isFinite(expected)) return;
      expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
    };
    const numbers = fc.array(number, { minLength: 5, maxLength: 5 });
    fc.assert(fc.property(tree, numbers, law), { seed: 1, numRuns: 200 });
  });
});

describe("checkConfidenceProgram", () => {
  it("gives back what was compiled, through JSON", () => {
    const program = compileConfidence("1 + alpha * log(r + n, 2)", { alpha: 0.5 });
    expect(checkConfidenceProgram(JSON.parse(JSON.stringify(program)), "model.safetensors")).toEqual(program);
  });

  it.each([
    [null, /has no formula/],
    [{ formula: "r", steps: [] }, /leaves 0 values/],
    [{ formula: "r", steps: [{ variable: "r" }, { push: 1 }] }, /leaves 2 values/],
    [{ formula: "r", steps: [{ apply: "add", count: 2 }] }, /lacks values at step 0/],
    [{ formula: "r", steps: [{ variable: "__proto__" }] }, /unknown step 0/],
    [{ formula: "r", steps: [{ push: null }] }, /unknown step 0/],
    [{ formula: "r", steps: [{ push: 1 }, { apply: "constructor", count: 1 }] }, /unknown step 1/],
    [{ formula: "r", steps: [{ push: 1 }, { apply: "abs", count: 2 }] }, /unknown step 1/],
    [{ formula: "r", steps: new Array(65).fill({ push: 1 }) }, /more than 64 values/],
  ])("refuses %j", (program, message) => {
    expect(() => checkConfidenceProgram(program, "model")).toThrow(ConfidenceProgramError);
    expect(() => checkConfidenceProgram(program, "model")).toThrow(message);
  });
});
