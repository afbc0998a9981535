import { readFile } from "node:fs/promises";
import { parse } from "yaml";

/**
 * node .ci/sweep-machine.ts NAME=VALUE…: the state machine's definition out of the template, with those values in the
 * place of what CloudFormation would put there. Every name must be given a value, and be in it.
 */
const values = new Map(
  process.argv.slice(2).map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]),
);
const template = parse(await readFile("template.yaml", "utf8"), { logLevel: "silent" });
const text: string = template.Resources.TrainingMachine.Properties.DefinitionString;
const used = new Set<string>();
const definition = text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
  const value = values.get(name);
  if (value === undefined) throw new Error(`the definition names ${name}, and no value was given`);
  used.add(name);
  return value;
});
const unused = [...values.keys()].filter((name) => !used.has(name));
if (unused.length > 0) throw new Error(`the definition does not name ${unused.join(", ")}`);
process.stdout.write(JSON.stringify(JSON.parse(definition)));
