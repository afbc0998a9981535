import { InvalidArgumentError } from "commander";

/** `1,2,5` → numbers. */
export function numbers(text: string): number[] {
  return text.split(",").map((part) => oneNumber(part.trim()));
}

export function oneNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw new InvalidArgumentError(`"${text}" is not a number.`);
  return value;
}

/** A whole number from `least` to `most`. */
export function wholeFrom(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (text) => {
    const value = oneNumber(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`"${text}" is not a whole number ${range}.`);
    }
    return value;
  };
}

/** A currency by its ISO 4217 code: `EUR`. */
export function currencyCode(text: string): string {
  const code = text.toUpperCase();
  if (Intl.supportedValuesOf("currency").includes(code)) return code;
  throw new InvalidArgumentError(`"${text}" is no currency's code, such as EUR.`);
}

/** A share: `0.01` or `1%`. */
export function share(text: string): number {
  const value = text.endsWith("%") ? oneNumber(text.slice(0, -1)) / 100 : oneNumber(text);
  if (value < 0 || value > 1)
    throw new InvalidArgumentError(`"${text}" is not a share from 0 to 1, such as 1%.`);
  return value;
}

/** `a=x,b=y` → a record; several of the same option are put together. */
export function pairs(text: string, before: Record<string, string> = {}): Record<string, string> {
  const found = text.split(",").map((part) => {
    const at = part.indexOf("=");
    if (at < 1) throw new InvalidArgumentError(`"${part}" is not of the form name=value.`);
    return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const;
  });
  return { ...before, ...Object.fromEntries(found) };
}

/** `view=1,purchase=5` → a record of numbers. */
export function numericPairs(text: string, before: Record<string, number> = {}): Record<string, number> {
  const found = Object.entries(pairs(text)).map(([name, value]) => [name, oneNumber(value)] as const);
  return { ...before, ...Object.fromEntries(found) };
}

/** `alpha=1,10,40`: one name and the values to try of it; the option is repeated for another name. */
export function valuesByName(text: string, before: Record<string, number[]> = {}): Record<string, number[]> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError(`"${text}" is not of the form name=value or name=value,value.`);
  return { ...before, [text.slice(0, at).trim()]: numbers(text.slice(at + 1)) };
}

/** Days for all events (`30`), or by event type (`view=7,purchase=90`). */
export function halfLife(text: string): number | Record<string, number> {
  return text.includes("=") ? numericPairs(text) : oneNumber(text);
}

/** A moment in ISO 8601 → epoch seconds. A date alone is its midnight in UTC. */
export function moment(text: string): number {
  const milliseconds = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(milliseconds)) {
    throw new InvalidArgumentError(`"${text}" is not a date such as 2026-10-01 or 2026-10-01T12:00:00Z.`);
  }
  return milliseconds / 1000;
}

/** Why somebody overrules the gate: without a word of it, nobody could tell later. */
export function reason(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("Say why: it stays in the channel's history.");
  return text.trim();
}

/** Gathers a repeatable option. */
export function gather(text: string, before: string[] = []): string[] {
  return [...before, text];
}

/** `PRICE=20` → a list of values by name; the option is repeated for another value or name. */
export function gatherValues(text: string, before: Record<string, string[]> = {}): Record<string, string[]> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError(`"${text}" is not of the form name=value.`);
  const name = text.slice(0, at).trim();
  return { ...before, [name]: [...(before[name] ?? []), text.slice(at + 1)] };
}
