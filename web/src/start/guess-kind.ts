import type { FileKind } from "../../../src/local/own-shop-state.ts";

const whoNames = /(^|[^a-z])(user|customer|client|shopper|visitor|buyer|member)(id|no|number)?([^a-z]|$)/i;

/** Which of the two files this is: by its first line where that names who did something, else by its name. */
export async function guessKind(file: File): Promise<FileKind> {
  const byName = kindOfName(file.name);
  if (byName !== undefined) return byName;
  const head = await file.slice(0, 4096).text();
  const line = head.slice(0, head.search(/\r?\n|$/)).replaceAll("_", " ");
  return whoNames.test(line) ? "events" : "items";
}

function kindOfName(name: string): FileKind | undefined {
  if (/item|product|catalog|article|sku/i.test(name)) return "items";
  return /event|order|purchase|transaction|interaction|click|view|log|sales/i.test(name)
    ? "events"
    : undefined;
}
