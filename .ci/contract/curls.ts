/** Runs every shell block of docs/api.md against a server: `curls.ts PAGE BASE`. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Answer } from "../../src/http/contract.ts";
import { isRoute, readApiPage } from "../../test/http/api-page.ts";

const [page, base] = process.argv.slice(2);
const json = async <T>(path: string) => (await (await fetch(base + path)).json()) as T;
const [first] = (await json<Answer>("/popular?numResults=1")).items;
const { paths } = await json<{ paths: Record<string, Record<string, unknown>> }>("/openapi.json");
const folder = mkdtempSync(join(tmpdir(), "aisle-curls-"));
const env = { ...process.env, SHOP: base, ITEM: first.itemId, IMAGE: first.item?.image?.split("/").at(-1) };

/** Only a demo's own server has shoppers to pretend to be. */
const elsewhere = ["GET /shoppers"];
let count = 0;
for (const { title, sh } of readApiPage(page).filter(isRoute)) {
  const [method, path] = title.split(" ");
  const isThere = paths[path]?.[method.toLowerCase()] !== undefined;
  if (isThere === elsewhere.includes(title))
    throw new Error(`${title} is ${isThere ? "" : "not "}on this server`);
  if (!isThere) continue;
  for (const block of sh) {
    const script = `set -eu\ncurl() { command curl -sS --fail-with-body -m 10 "$@"; echo; }\n${block}`;
    const printed = execFileSync("bash", ["-c", script], { env, cwd: folder, encoding: "utf8" });
    const answers = printed
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("<") && !/^\s/.test(line));
    if (!path.startsWith("/images")) for (const answer of answers) JSON.parse(answer);
    count++;
  }
}
rmSync(folder, { recursive: true });
console.log(`${count} blocks of ${page} were answered`);
