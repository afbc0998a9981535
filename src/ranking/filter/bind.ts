import { type Expression, type Filter, FilterError, parametersOf, type Test, testsOf } from "./expression.ts";

/**
 * Values of a filter's parameters by name: one, several, or as Personalize writes them, each between double quotes
 * and separated by commas.
 */
export type FilterValues = Readonly<Record<string, string | readonly string[]>>;

/** A condition whose values are all known. */
export interface BoundTest extends Omit<Test, "values"> {
  readonly texts: readonly string[];
  /** texts as numbers, NaN where one is none */
  readonly numbers: readonly number[];
  /** any event type */
  readonly isAny: boolean;
}

export interface BoundExpression extends Omit<Expression, "anyOf" | "user"> {
  readonly anyOf: readonly (readonly BoundTest[])[];
  readonly user: readonly BoundTest[];
}

const valueCountMax = 1000;
const valueTextMax = 10_000;

/**
 * Puts values in the place of parameters. An EXCLUDE that lacks one is left out, as in Personalize.
 * @throws FilterError where an INCLUDE lacks one, or a value fits no parameter
 */
export function bindFilter(filter: Filter, values: FilterValues = {}): BoundExpression[] {
  const known = parametersOf(filter);
  const given = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(values)) {
    if (!known.includes(name)) throw unknownParameter(name, known);
    const list = valuesOf(name, value);
    if (list.length > 0) given.set(name, list);
  }
  return filter.expressions.flatMap((expression) => {
    const missing = missingValue(expression, given);
    if (missing !== undefined && !expression.keeps) return [];
    if (missing !== undefined) {
      throw new FilterError(`the parameter $${missing.name} of an INCLUDE needs a value`, missing.at);
    }
    const bind = (test: Test) => bindTest(test, given);
    return [
      { ...expression, anyOf: expression.anyOf.map((all) => all.map(bind)), user: expression.user.map(bind) },
    ];
  });
}

function unknownParameter(name: string, known: readonly string[]): FilterError {
  const names = known.length === 0 ? "it has none" : `it has ${known.map((each) => `$${each}`).join(", ")}`;
  return new FilterError(`the filter has no parameter $${name.slice(0, 40)}: ${names}`);
}

function missingValue(expression: Expression, given: ReadonlyMap<string, unknown>) {
  for (const { values } of testsOf(expression)) {
    for (const value of values) if (value.kind === "parameter" && !given.has(value.name)) return value;
  }
  return undefined;
}

function bindTest({ values, ...test }: Test, given: ReadonlyMap<string, readonly string[]>): BoundTest {
  const texts = values.flatMap((value) => {
    if (value.kind === "parameter") return given.get(value.name) ?? [];
    return value.kind === "any" ? [] : [value.kind === "text" ? value.text : String(value.number)];
  });
  const isComparison = test.operator !== "IN" && test.operator !== "NOT IN";
  if (isComparison && texts.length !== 1) {
    throw new FilterError(
      `${test.operator} compares with one value, and ${texts.length} were given`,
      test.at,
    );
  }
  const numbers = texts.map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
  if (isComparison && test.operator !== "=" && Number.isNaN(numbers[0])) {
    throw new FilterError(
      `${test.operator} compares numbers, and ${JSON.stringify(texts[0].slice(0, 40))} is none`,
      test.at,
    );
  }
  return { ...test, texts, numbers, isAny: values.some(({ kind }) => kind === "any") };
}

function valuesOf(name: string, value: string | readonly string[]): readonly string[] {
  const parts = typeof value === "string" ? [value] : value;
  if (parts.reduce((sum, part) => sum + part.length, 0) > valueTextMax) {
    throw new FilterError(`the values of $${name} have more than ${valueTextMax} characters`);
  }
  const list = parts.flatMap((part) =>
    part.trimStart().startsWith('"') ? quotedValues(name, part) : [part],
  );
  if (list.length > valueCountMax) throw new FilterError(`$${name} takes at most ${valueCountMax} values`);
  return list;
}

/** `"a","b"` → a, b */
function quotedValues(name: string, text: string): string[] {
  const pattern = /\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/suy;
  const found: string[] = [];
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) {
      throw new FilterError(
        `the value of $${name} is not a list such as "a","b" from character ${at + 1} on`,
      );
    }
    found.push(match[1].replace(/\\(.)/gsu, "$1"));
  }
  return found;
}
