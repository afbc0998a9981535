import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type Findings, rowsTable } from "./comparison.ts";
import { describeMachine } from "./machine.ts";

const benches: Record<string, () => Promise<Findings>> = {
  topk: async () => (await import("./topk.ts")).benchTopK(),
  quality: async () => (await import("./quality.ts")).benchQuality(),
  train: async () => (await import("./train.ts")).benchTraining(),
  coldstart: async () => (await import("./coldstart.ts")).benchColdstart(),
  routes: async () => (await import("./routes.ts")).benchRoutes(),
  scale: async () => (await import("./scale.ts")).benchScale(),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
const asked = positionals.length > 0 ? positionals : Object.keys(benches);
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(
    `there is no benchmark ${unknown.join(", ")}: choose from ${Object.keys(benches).join(", ")}`,
  );
  process.exit(2);
}

const findings: Findings[] = [];
for (const name of asked) {
  console.error(`measuring ${name} …`);
  const found = await benches[name]();
  findings.push(found);
  if (!values.json) console.log(`\n## ${found.title}\n\n${textsOf(found).join("\n\n")}`);
  await writeSection(name, found);
}
if (values.json) console.log(JSON.stringify({ rows: findings.flatMap(({ rows }) => rows) }));

/** Who is compared with nobody has no rows, only tables of its own. */
function textsOf({ rows, notes }: Pick<Findings, "rows" | "notes">): string[] {
  return [...(rows.length > 0 ? [rowsTable(rows)] : []), ...notes];
}

/** Each benchmark owns its section of `README.md`; the others' stay as they are. */
async function writeSection(name: string, { title, rows, notes }: Findings): Promise<void> {
  const path = new URL("README.md", import.meta.url);
  const begin = `<!-- ${name}: begin -->`;
  const end = `<!-- ${name}: end -->`;
  const facts = describeMachine(`npm run bench -- ${name}`)
    .map((fact) => `- ${fact}`)
    .join("\n");
  const section = [begin, `## ${title}`, facts, ...textsOf({ rows, notes }), end].join("\n\n");
  const page = await readFile(path, "utf8");
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  const next =
    from < 0
      ? `${page.trimEnd()}\n\n${section}\n`
      : page.slice(0, from) + section + page.slice(to + end.length);
  await writeFile(path, next);
}
