import { readFile } from "node:fs/promises";
import { parseRules, type Rules, RulesError } from "../registry/rules.ts";

/** @throws RulesError on a file that cannot be read or holds no rules */
export async function readRulesFile(path: string): Promise<Rules> {
  const text = await readFile(path, "utf8").catch((cause) => {
    throw new RulesError(`${path} cannot be read: ${cause.message}`, { cause });
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new RulesError(`${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
  return parseRules(json, path);
}
