import type { Context } from "hono";
import type { AppEnv } from "./host.ts";

/** What an error says in the log. */
export interface ErrorReport {
  readonly name: string;
  readonly message: string;
  /** only the places in the code: V8 repeats the message above them */
  readonly stack: readonly string[];
  readonly cause?: ErrorReport;
}

const causesMax = 5;
const concealed = "[given]";
/** What a parameter may be called: anything else in its place is the caller's own text. */
const knownName = /^[A-Za-z_]{1,32}$/;

/** Describes an error without any text that the request brought, since a message may quote an id. */
export function reportError(error: unknown, given: readonly string[], depth = 0): ErrorReport {
  if (!(error instanceof Error)) return { name: typeof error, message: "not an Error", stack: [] };
  const { cause } = error;
  return {
    name: conceal(error.name, given),
    message: conceal(error.message, given),
    stack: frames(error),
    ...(cause !== undefined && depth < causesMax ? { cause: reportError(cause, given, depth + 1) } : {}),
  };
}

function frames({ stack = "", message }: Error): string[] {
  const at = stack.indexOf(message);
  const rest = at < 0 ? stack : stack.slice(at + message.length);
  return rest
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^at .*(?::\d+:\d+\)?|\(<anonymous>\)|\(native\))$/.test(line));
}

/** In one pass, the longest first: what stands in for a text holds letters that may themselves have been given. */
function conceal(text: string, given: readonly string[]): string {
  if (given.length === 0) return text;
  const escaped = given.map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  return text.replace(new RegExp(escaped.join("|"), "g"), concealed);
}

/** Every text that a request brought, in the forms in which a message may quote it, the longest first. */
export async function textsGiven(c: Context<AppEnv>): Promise<string[]> {
  const texts = new Set<string>();
  const add = (text: string): void => {
    for (const form of [text, text.trim(), text.toLowerCase(), encodeURIComponent(text.toWellFormed())])
      texts.add(form);
    texts.add(JSON.stringify(text).slice(1, -1));
  };
  for (const [name, values] of Object.entries(c.req.queries())) {
    if (!knownName.test(name)) add(name);
    for (const value of values) for (const part of [value, ...value.split(":")]) add(part);
  }
  for (const segment of c.req.path.split("/").filter((part) => !/^[a-z.-]{1,20}$/.test(part))) {
    add(segment);
    add(decode(segment));
  }
  const caller: AppEnv["Variables"]["caller"] | undefined = c.get("caller");
  if (caller?.kind === "shopper") add(caller.userId);
  if (c.req.header("content-type")?.includes("json")) {
    const body = await c.req.text().catch(() => "");
    add(body);
    addTexts(parse(body), add);
  }
  texts.delete("");
  return [...texts].sort((a, b) => b.length - a.length);
}

function addTexts(value: unknown, add: (text: string) => void): void {
  if (typeof value === "string" || typeof value === "number") add(String(value));
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (!knownName.test(name)) add(name);
    addTexts(inner, add);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
