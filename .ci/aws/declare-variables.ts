// node .ci/aws/declare-variables.ts TEMPLATE FUNCTION NAME…: declares environment variables in a built template, since
// `sam local` passes on only what a template declares.
import { readFile, writeFile } from "node:fs/promises";
import { parseDocument } from "yaml";

const [path, id, ...names] = process.argv.slice(2);
const template = parseDocument(await readFile(path, "utf8"));
for (const name of names) {
  template.setIn(["Resources", id, "Properties", "Environment", "Variables", name], "");
}
await writeFile(path, template.toString());
