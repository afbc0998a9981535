/** What a filter says, as it was written: nothing is looked up yet. */
export interface Filter {
  readonly text: string;
  readonly expressions: readonly Expression[];
}

/** One INCLUDE or EXCLUDE. */
export interface Expression {
  readonly keeps: boolean;
  readonly data: DataSet;
  /** holds where all tests of any of these groups do: AND binds closer than OR */
  readonly anyOf: readonly (readonly Test[])[];
  /** what must hold for the user, else the expression is as if it were not there */
  readonly user: readonly Test[];
}

export type DataSet = "Items" | "Interactions";
export type Comparison = "=" | "<" | "<=" | ">" | ">=";

/** A field compared with values. Positions count from 0. */
export interface Test {
  readonly field: string;
  readonly at: number;
  readonly operator: Comparison | "IN" | "NOT IN";
  /** one for a comparison */
  readonly values: readonly Value[];
}

export type Value =
  | { readonly kind: "text"; readonly text: string; readonly at: number }
  | { readonly kind: "number"; readonly number: number; readonly at: number }
  | { readonly kind: "parameter"; readonly name: string; readonly at: number }
  /** every event type */
  | { readonly kind: "any"; readonly at: number };

/** A filter that is none, or that cannot be applied as it is put. Says where, counting characters from 1. */
export class FilterError extends Error {
  override readonly name = "FilterError";
  /** from 0; undefined where it is not about one place */
  readonly at: number | undefined;

  constructor(message: string, at?: number) {
    super(at === undefined ? message : `at character ${at + 1}: ${message}`);
    this.at = at;
  }
}

/** The names of a filter's parameters, each once, in the order in which they come. */
export function parametersOf({ expressions }: Filter): string[] {
  const names = expressions.flatMap((expression) =>
    testsOf(expression)
      .flatMap(({ values }) => values)
      .flatMap((value) => (value.kind === "parameter" ? [value.name] : [])),
  );
  return [...new Set(names)];
}

export function testsOf({ anyOf, user }: Expression): Test[] {
  return [...anyOf.flat(), ...user];
}
