import { parse } from "smol-toml";
import { UsageError } from "./failures.ts";

/** What a samconfig.toml says about deployments to one environment. */
export interface SamConfig {
  readonly stackName?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

type Table = Record<string, unknown>;

/**
 * Reads an environment of a samconfig.toml as `sam deploy` does: the command's own parameters over the global ones.
 * SAM puts what the command line names in the place of these, not beside them, so they have to be known.
 * @throws UsageError on a file that is no TOML, or on parameters in a form that is not understood
 */
export function readSamConfig(text: string, environment: string, file: string): SamConfig {
  let config: Table;
  try {
    config = parse(text) as Table;
  } catch (cause) {
    throw new UsageError(`${file} is no TOML: ${(cause as Error).message.split("\n")[0]}`, { cause });
  }
  const commands = config[environment];
  if (commands === undefined) {
    const known = Object.keys(config).filter((name) => typeof config[name] === "object");
    throw new UsageError(`${file} has no environment "${environment}": it has ${known.join(", ") || "none"}`);
  }
  const given = { ...parametersOf(commands, "global"), ...parametersOf(commands, "deploy") };
  const textOf = (name: string): string | undefined => {
    const value = given[name];
    return typeof value === "string" ? value : undefined;
  };
  return {
    stackName: textOf("stack_name"),
    region: textOf("region"),
    profile: textOf("profile"),
    parameters: overridesOf(given.parameter_overrides, `parameter_overrides of ${environment} in ${file}`),
  };
}

function parametersOf(commands: unknown, command: string): Table {
  return ((commands as Record<string, { parameters?: Table } | undefined>)[command]?.parameters ??
    {}) as Table;
}

/** `"A=1 B='two words'"`, `["A=1", "B=two words"]` or a table: SAM takes each. */
function overridesOf(value: unknown, what: string): Record<string, string> {
  if (value === undefined) return {};
  if (typeof value === "string") return Object.fromEntries(splitWords(value).map((word) => pair(word, what)));
  if (Array.isArray(value)) return Object.assign({}, ...value.map((each) => overridesOf(each, what)));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)]));
  }
  throw new UsageError(`${what} is neither text, a list nor a table`);
}

function splitWords(text: string): string[] {
  return text.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+/g) ?? [];
}

function pair(word: string, what: string): [string, string] {
  const [, name, value] = /^(?:ParameterKey=)?["']?(\w+)["']?(?:,ParameterValue)?=(.*)$/s.exec(word) ?? [];
  if (name === undefined) throw new UsageError(`${what}: "${word}" is not of the form Name=value`);
  const bare = /^(["'])(.*)\1$/s.exec(value)?.[2] ?? value;
  return [name, bare.replace(/\\(["' \\])/g, "$1")];
}
