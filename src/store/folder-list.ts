import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { orMissing } from "./file-errors.ts";
import { isKey } from "./store.ts";

/** Every key in a folder of the store and below it, in no order. What no key could name is not listed. */
export async function keysUnder(location: string, folder: string): Promise<string[]> {
  const path = join(location, folder);
  const entries = await orMissing(`list ${path}`, () => readdir(path, { withFileTypes: true }));
  const keys: string[] = [];
  for (const entry of entries ?? []) {
    const key = `${folder}${entry.name}`;
    if (!isKey(key)) continue;
    if (entry.isDirectory()) keys.push(...(await keysUnder(location, `${key}/`)));
    else keys.push(key);
  }
  return keys;
}
