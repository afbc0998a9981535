/**
 * A confidence formula as a short list of steps for a stack machine: what a model file carries, so that serving
 * applies the same formula as training without a formula parser.
 */
export interface ConfidenceProgram {
  /** as it was written */
  readonly formula: string;
  readonly steps: readonly ConfidenceStep[];
}

/** Push a number, push a variable, or replace the `count` topmost values by a function of them. */
export type ConfidenceStep =
  | { readonly push: number }
  | { readonly variable: ConfidenceVariable }
  | { readonly apply: ConfidenceFunction; readonly count: number };

export const confidenceVariables = ["r", "n", "value", "age"] as const;
export type ConfidenceVariable = (typeof confidenceVariables)[number];

/** `r`: Σ of weight × decay over the events; `n`: events; `value`: Σ of their values; `age`: days since the last. */
export type ConfidenceValues = Readonly<Record<ConfidenceVariable, number>>;

interface Arity {
  readonly least: number;
  readonly most: number;
}

const one: Arity = { least: 1, most: 1 };
const two: Arity = { least: 2, most: 2 };
const many: Arity = { least: 1, most: 16 };

/** Every function of the stack machine with how many values it takes. Comparisons give 1 or 0. */
export const confidenceFunctions = {
  add: two,
  subtract: two,
  multiply: two,
  divide: two,
  negate: one,
  pow: two,
  log: { least: 1, most: 2 },
  log1p: one,
  exp: one,
  sqrt: one,
  abs: one,
  min: many,
  max: many,
  smaller: two,
  smallerEq: two,
  larger: two,
  largerEq: two,
  choose: { least: 3, most: 3 },
} as const satisfies Record<string, Arity>;
export type ConfidenceFunction = keyof typeof confidenceFunctions;

/** A list of steps that would not leave exactly one value. */
export class ConfidenceProgramError extends Error {
  override name = "ConfidenceProgramError";
}

const stackMax = 64;
const stack = new Float64Array(stackMax);

/**
 * The confidence of one pair. It can be NaN, infinite or negative where the formula says so: the caller judges.
 * The program must have passed `checkConfidenceProgram` or come from `compileConfidence`.
 */
export function runConfidence(program: ConfidenceProgram, variables: ConfidenceValues): number {
  let top = 0;
  for (const step of program.steps) {
    if ("push" in step) {
      stack[top++] = step.push;
    } else if ("variable" in step) {
      stack[top++] = variables[step.variable];
    } else {
      top -= step.count - 1;
      stack[top - 1] = apply(step.apply, top - 1, step.count);
    }
  }
  return stack[0];
}

/**
 * A program as read from a file, checked to be one.
 * @throws ConfidenceProgramError naming the step at fault
 */
export function checkConfidenceProgram(value: unknown, where: string): ConfidenceProgram {
  const fail = (what: string): never => {
    throw new ConfidenceProgramError(`${where}: the confidence program ${what}`);
  };
  const { formula, steps } = (value ?? {}) as { formula?: unknown; steps?: unknown };
  if (typeof formula !== "string" || !Array.isArray(steps)) return fail("has no formula or no list of steps");
  let depth = 0;
  const checked = steps.map((step: unknown, index) => {
    const known = asStep(step);
    if (!known) return fail(`has an unknown step ${index}: ${JSON.stringify(step)?.slice(0, 80)}`);
    if ("count" in known && known.count > depth) fail(`lacks values at step ${index}`);
    depth += "count" in known ? 1 - known.count : 1;
    if (depth > stackMax) fail(`needs more than ${stackMax} values at once at step ${index}`);
    return known;
  });
  if (depth !== 1) fail(`leaves ${depth} values, not one`);
  return { formula, steps: checked };
}

function asStep(step: unknown): ConfidenceStep | undefined {
  if (typeof step !== "object" || step === null) return undefined;
  const { push, variable, apply: name, count } = step as Record<string, unknown>;
  if (typeof push === "number" && Number.isFinite(push)) return { push };
  const known = confidenceVariables.find((candidate) => candidate === variable);
  if (known) return { variable: known };
  if (typeof name !== "string" || !Object.hasOwn(confidenceFunctions, name)) return undefined;
  const applied = name as ConfidenceFunction;
  const { least, most } = confidenceFunctions[applied];
  if (!Number.isInteger(count) || Number(count) < least || Number(count) > most) return undefined;
  return { apply: applied, count: Number(count) };
}

/** The function's value for `count` numbers that begin at `from` on the stack. */
function apply(name: ConfidenceFunction, from: number, count: number): number {
  const a = stack[from];
  const b = stack[from + 1];
  switch (name) {
    case "add":
      return a + b;
    case "subtract":
      return a - b;
    case "multiply":
      return a * b;
    case "divide":
      return a / b;
    case "negate":
      return -a;
    case "pow":
      return a ** b;
    case "log":
      return count === 1 ? Math.log(a) : Math.log(a) / Math.log(b);
    case "log1p":
      return Math.log1p(a);
    case "exp":
      return Math.exp(a);
    case "sqrt":
      return Math.sqrt(a);
    case "abs":
      return Math.abs(a);
    case "min":
      return Math.min(...stack.subarray(from, from + count));
    case "max":
      return Math.max(...stack.subarray(from, from + count));
    case "smaller":
      return a < b ? 1 : 0;
    case "smallerEq":
      return a <= b ? 1 : 0;
    case "larger":
      return a > b ? 1 : 0;
    case "largerEq":
      return a >= b ? 1 : 0;
    case "choose":
      return a ? b : stack[from + 2]; // NaN is no yes
  }
}
