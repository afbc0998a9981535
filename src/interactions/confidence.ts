import { create, type MathNode, parseDependencies } from "mathjs/number";
import {
  type ConfidenceFunction,
  type ConfidenceProgram,
  type ConfidenceStep,
  type ConfidenceVariable,
  checkConfidenceProgram,
  confidenceFunctions,
  confidenceVariables,
} from "./confidence-program.ts";
import { defaultWeights } from "./event-weights.ts";

/** How what a user did with an item becomes one number: the confidence c of the objective. */
export interface ConfidenceSettings {
  /** event type → weight, names without case */
  readonly weights: Readonly<Record<string, number>>;
  /** of `r`, `n`, `value`, `age` and the parameters */
  readonly formula: string;
  /** named numbers that the formula may use */
  readonly parameters: Readonly<Record<string, number>>;
  /** days after which an event counts half, for all or by event type; Infinity for never */
  readonly halfLifeDays: number | Readonly<Record<string, number>>;
}

export const defaultConfidence: ConfidenceSettings = {
  weights: defaultWeights,
  formula: "r",
  parameters: {},
  halfLifeDays: Number.POSITIVE_INFINITY,
};

/** A formula that is none, or that asks for more than its variables. */
export class FormulaError extends Error {
  override name = "FormulaError";
}

// Only the parser is made: nothing here can evaluate, import or define.
const { parse } = create(parseDependencies);

const formulaCharsMax = 1000;

const functionNames: ReadonlySet<string> = new Set<ConfidenceFunction>([
  "log",
  "log1p",
  "exp",
  "sqrt",
  "pow",
  "min",
  "max",
  "abs",
]);

/** mathjs's names of its operators → steps; unary plus is nothing. */
const operators: Readonly<Record<string, ConfidenceFunction>> = {
  ...{ add: "add", subtract: "subtract", multiply: "multiply", divide: "divide", pow: "pow" },
  ...{
    unaryMinus: "negate",
    smaller: "smaller",
    smallerEq: "smallerEq",
    larger: "larger",
    largerEq: "largerEq",
  },
};

/**
 * A formula as steps, its parameters' numbers put in.
 * Comparisons are exact, and both sides of a `? :` are computed.
 * @throws FormulaError naming the position or the symbol at fault, and what is allowed
 */
export function compileConfidence(
  formula: string,
  parameters: Readonly<Record<string, number>>,
): ConfidenceProgram {
  checkParameters(formula, parameters);
  if (formula.length > formulaCharsMax) {
    throw new FormulaError(
      `a confidence formula has at most ${formulaCharsMax} characters, not ${formula.length}`,
    );
  }
  let tree: MathNode;
  try {
    tree = parse(formula);
  } catch (error) {
    throw new FormulaError(`${quote(formula)}: ${(error as Error).message}`, { cause: error });
  }
  const steps: ConfidenceStep[] = [];
  emit(tree, { formula, parameters, steps });
  try {
    return checkConfidenceProgram({ formula, steps }, quote(formula));
  } catch (error) {
    throw new FormulaError((error as Error).message, { cause: error });
  }
}

interface Compilation {
  readonly formula: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly steps: ConfidenceStep[];
}

/** Appends the node's steps in the order in which a stack machine wants them. */
function emit(node: MathNode, to: Compilation): void {
  if (isNode(node, "ParenthesisNode")) {
    emit(node.content, to);
  } else if (isNode(node, "ConstantNode")) {
    emitConstant(node.value, to);
  } else if (isNode(node, "SymbolNode")) {
    emitSymbol(node.name, to);
  } else if (isNode(node, "OperatorNode")) {
    for (const argument of node.args) emit(argument, to);
    if (node.fn === "unaryPlus") return;
    if (!Object.hasOwn(operators, node.fn)) refuse(to, `the operator ${node.op}`, node.op);
    to.steps.push({ apply: operators[node.fn], count: node.args.length });
  } else if (isNode(node, "FunctionNode")) {
    const name = isNode(node.fn, "SymbolNode") ? node.fn.name : String(node.fn);
    if (!functionNames.has(name)) refuse(to, `the function ${name}`, name);
    for (const argument of node.args) emit(argument, to);
    emitCall(name as ConfidenceFunction, node.args.length, to);
  } else if (isNode(node, "ConditionalNode")) {
    for (const part of [node.condition, node.trueExpr, node.falseExpr]) emit(part, to);
    to.steps.push({ apply: "choose", count: 3 });
  } else {
    refuse(
      to,
      `${node.type.replace(/Node$/, "").toLowerCase()} "${String(node).slice(0, 60)}"`,
      String(node),
    );
  }
}

function emitConstant(value: unknown, to: Compilation): void {
  if (value === undefined) refuse(to, "an empty formula", "");
  if (typeof value !== "number" || !Number.isFinite(value)) {
    refuse(to, `the constant ${JSON.stringify(value) ?? String(value)}`, String(value));
  }
  to.steps.push({ push: value as number });
}

function emitSymbol(name: string, to: Compilation): void {
  const variable = confidenceVariables.find((known) => known === name);
  if (variable) to.steps.push({ variable });
  else if (Object.hasOwn(to.parameters, name)) to.steps.push({ push: to.parameters[name] });
  else refuse(to, `the unknown symbol ${name}`, name);
}

function emitCall(name: ConfidenceFunction, count: number, to: Compilation): void {
  const { least, most } = confidenceFunctions[name];
  if (count < least || count > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    throw new FormulaError(`${quote(to.formula)}: ${name} takes ${wanted} values, not ${count}`);
  }
  to.steps.push({ apply: name, count });
}

function refuse(from: Compilation, what: string, token: string): never {
  const place = token === "" ? -1 : from.formula.indexOf(token);
  const names = [...confidenceVariables, ...Object.keys(from.parameters)].join(", ");
  throw new FormulaError(
    `${quote(from.formula)}: ${what}${place < 0 ? "" : ` (char ${place + 1})`} is not allowed. ` +
      `Allowed are numbers, ${names}, + - * / ^, < <= > >=, a ? b : c, ${[...functionNames].join(", ")}, and ` +
      "numbers that you name, as in --param x=2",
  );
}

function checkParameters(formula: string, parameters: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(parameters)) {
    const taken =
      confidenceVariables.includes(name as ConfidenceVariable) || Object.hasOwn(confidenceFunctions, name);
    if (!/^[A-Za-z_]\w*$/.test(name) || taken) {
      throw new FormulaError(`${quote(formula)}: a parameter cannot be named "${name}"`);
    }
    if (!Number.isFinite(value)) {
      throw new FormulaError(`${quote(formula)}: the parameter ${name} is ${value}, not a finite number`);
    }
  }
}

/** The kinds of node that are understood, with what is read of each. */
interface NodeKinds {
  readonly ParenthesisNode: { content: MathNode };
  readonly ConstantNode: { value: unknown };
  readonly SymbolNode: { name: string };
  readonly OperatorNode: { fn: string; op: string; args: MathNode[] };
  readonly FunctionNode: { fn: MathNode; args: MathNode[] };
  readonly ConditionalNode: { condition: MathNode; trueExpr: MathNode; falseExpr: MathNode };
}

function isNode<Kind extends keyof NodeKinds>(
  node: MathNode,
  kind: Kind,
): node is MathNode & NodeKinds[Kind] {
  return node.type === kind;
}

function quote(formula: string): string {
  return `the confidence formula "${formula.length > 80 ? `${formula.slice(0, 80)}…` : formula}"`;
}
