import {
  type Comparison,
  type DataSet,
  type Expression,
  type Filter,
  FilterError,
  type Test,
  type Value,
} from "./expression.ts";
import { type Token, tokenize } from "./tokens.ts";

/**
 * Reads a filter in Amazon Personalize's language. Keywords are understood in any case.
 * @throws FilterError saying where it stops being one
 */
export function parseFilter(text: string): Filter {
  return new Parser(text).filter();
}

const comparisons: ReadonlySet<string> = new Set(["=", "<", "<=", ">", ">="]);

/** Recursive descent over a language without nesting: every method reads one part and moves on. */
class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  filter(): Filter {
    const expressions = [this.#expression()];
    while (this.#take("|")) expressions.push(this.#expression());
    if (this.#token.kind !== "end") throw this.#expected('AND, OR, IF, "|" or the end');
    return { text: this.#text, expressions };
  }

  #expression(): Expression {
    const keeps = this.#take("INCLUDE");
    if (!keeps && !this.#take("EXCLUDE")) throw this.#expected("INCLUDE or EXCLUDE");
    this.#need("ItemID");
    this.#need("WHERE");
    const data = this.#dataSet();
    const anyOf: Test[][] = [[this.#condition(data)]];
    for (;;) {
      const isAnd = this.#take("AND");
      if (!isAnd && !this.#take("OR")) break;
      this.#sameDataSet(data);
      const test = this.#condition(data);
      if (isAnd) anyOf[anyOf.length - 1].push(test);
      else anyOf.push([test]);
    }
    return { keeps, data, anyOf, user: this.#take("IF") ? this.#userTests() : [] };
  }

  #userTests(): Test[] {
    const tests: Test[] = [];
    do {
      this.#need("CurrentUser");
      tests.push(this.#test());
    } while (this.#take("AND"));
    if (this.#is("OR")) throw new FilterError("after IF only AND joins conditions", this.#token.at);
    return tests;
  }

  #dataSet(): DataSet {
    const { at } = this.#token;
    for (const name of ["Items", "Interactions"] as const) if (this.#take(name)) return name;
    if (this.#is("CurrentUser")) throw new FilterError("CurrentUser may only stand after IF", at);
    throw this.#expected("Items or Interactions");
  }

  #sameDataSet(data: DataSet): void {
    const { at } = this.#token;
    if (this.#dataSet() === data) return;
    throw new FilterError(
      `one expression looks at one data set, this one at ${data}: join two expressions with "|"`,
      at,
    );
  }

  #condition(data: DataSet): Test {
    const test = this.#test();
    const [any] = test.values.filter(({ kind }) => kind === "any");
    if (data === "Items") {
      if (any) throw new FilterError("* stands for event types only", any.at);
      return test;
    }
    if (test.field.toUpperCase() !== "EVENT_TYPE") {
      throw new FilterError("of interactions only EVENT_TYPE is known", test.at);
    }
    if (test.operator !== "IN" && test.operator !== "NOT IN") {
      throw new FilterError("an event type is compared by IN or NOT IN", test.at);
    }
    return { ...test, values: test.values.map(anyWhereStar) };
  }

  /** `.FIELD` and what it is compared with. */
  #test(): Test {
    this.#need(".");
    const field = this.#token;
    if (field.kind !== "word") throw this.#expected("the name of a field");
    this.#next++;
    const head = { field: field.text, at: field.at };
    if (this.#take("IN")) return { ...head, operator: "IN", values: this.#list() };
    if (this.#take("NOT")) {
      this.#need("IN");
      return { ...head, operator: "NOT IN", values: this.#list() };
    }
    if (!comparisons.has(this.#token.text)) throw this.#expected("IN, NOT IN, =, <, <=, > or >=");
    const operator = this.#token.text as Comparison;
    this.#next++;
    // Personalize's own examples write a single value with and without parentheses.
    const inside = this.#take("(");
    const value = this.#value();
    if (inside) this.#need(")");
    if (value.kind === "text" && operator !== "=") {
      throw new FilterError(`${operator} compares numbers, and texts are none`, value.at);
    }
    return { ...head, operator, values: [value] };
  }

  #list(): Value[] {
    this.#need("(");
    const { at } = this.#token;
    const values: Value[] = this.#take("*") ? [{ kind: "any", at }] : [this.#value()];
    while (values[0].kind !== "any" && this.#take(",")) values.push(this.#value());
    this.#need(")");
    return values;
  }

  #value(): Value {
    const { kind, text, at } = this.#token;
    if (kind === "word" && text.toLowerCase() === "currentitem") {
      throw new FilterError("CurrentItem is not offered: give its value as a parameter", at);
    }
    if (kind !== "text" && kind !== "number" && kind !== "parameter") {
      throw this.#expected("a text in double quotes, a number or a $PARAMETER");
    }
    this.#next++;
    if (kind === "text") return { kind, text, at };
    if (kind === "parameter") return { kind, name: text, at };
    const number = Number(text);
    if (!Number.isFinite(number)) throw new FilterError("this number is too large", at);
    return { kind, number, at };
  }

  get #token(): Token {
    return this.#tokens[this.#next];
  }

  #is(wanted: string): boolean {
    const { kind, text } = this.#token;
    return (kind === "word" || kind === "sign") && text.toLowerCase() === wanted.toLowerCase();
  }

  #take(wanted: string): boolean {
    if (!this.#is(wanted)) return false;
    this.#next++;
    return true;
  }

  #need(wanted: string): void {
    if (!this.#take(wanted)) throw this.#expected(wanted);
  }

  #expected(what: string): FilterError {
    const { kind, text, at } = this.#token;
    const found = kind === "end" ? "the filter ends" : `found ${JSON.stringify(text.slice(0, 40))}`;
    return new FilterError(`expected ${what}, ${found}`, at);
  }
}

/** Personalize also writes the star between quotes. */
function anyWhereStar(value: Value): Value {
  return value.kind === "text" && value.text === "*" ? { kind: "any", at: value.at } : value;
}
