// node .ci/aws/local-template.ts TEMPLATE FUNCTION IMAGE NAME…: prepares a built template for `sam local`. The function
// gets an image that no other build replaces, and environment variables are declared, since only those that a template
// declares are passed on.
import { readFile, writeFile } from "node:fs/promises";
import { parseDocument } from "yaml";

const [path, id, image, ...names] = process.argv.slice(2);
const template = parseDocument(await readFile(path, "utf8"));
const properties = ["Resources", id, "Properties"];
template.setIn([...properties, "ImageUri"], image);
for (const name of names) template.setIn([...properties, "Environment", "Variables", name], "");
await writeFile(path, template.toString());
