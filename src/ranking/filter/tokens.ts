import { FilterError } from "./expression.ts";

export interface Token {
  readonly kind: "word" | "text" | "number" | "parameter" | "sign" | "end";
  /** a word or sign as it stands, a text without its quotes, a parameter without its $ */
  readonly text: string;
  /** from 0 */
  readonly at: number;
}

/** Personalize's own limit. */
export const filterLengthMax = 2500;
const valueLengthMax = 1000;

const blank = /[\s]+/y;
const patterns: readonly [Token["kind"], RegExp][] = [
  ["text", /"((?:[^"\\]|\\.)*)"/suy],
  ["parameter", /\$([\p{L}_][\p{L}\p{N}_]*)/uy],
  ["number", /-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_])/uy],
  ["word", /[\p{L}_][\p{L}\p{N}_]*/uy],
  ["sign", /<=|>=|[<>=(),.*|]/y],
];

/** One pass, each character looked at a bounded number of times. */
export function tokenize(source: string): Token[] {
  if (source.length > filterLengthMax) {
    throw new FilterError(`a filter has at most ${filterLengthMax} characters, this one ${source.length}`);
  }
  const tokens: Token[] = [];
  let at = skipBlank(source, 0);
  while (at < source.length) {
    const found = match(source, at);
    if (found === undefined) throw unreadable(source, at);
    tokens.push(found.token);
    at = skipBlank(source, found.end);
  }
  tokens.push({ kind: "end", text: "the end", at: source.length });
  return tokens;
}

function skipBlank(source: string, at: number): number {
  blank.lastIndex = at;
  return blank.test(source) ? blank.lastIndex : at;
}

function match(source: string, at: number): { token: Token; end: number } | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (!found) continue;
    const inner = found[1] ?? found[0];
    const text = kind === "text" ? inner.replace(/\\(.)/gsu, "$1") : inner;
    if (text.length > valueLengthMax) {
      throw new FilterError(`a value has at most ${valueLengthMax} characters`, at);
    }
    return { token: { kind, text, at }, end: pattern.lastIndex };
  }
  return undefined;
}

function unreadable(source: string, at: number): FilterError {
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  if (character === '"') return new FilterError('this text never ends: a closing " is missing', at);
  if (character === "'") return new FilterError("texts stand between double quotes", at);
  if (character === "$") return new FilterError("a parameter's name is missing after $", at);
  return new FilterError(`${JSON.stringify(character)} has no meaning here`, at);
}
