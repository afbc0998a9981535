/** The packed client in an empty project: strict types, then an answer. `client.ts BASE FOLDER`. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const [base, folder] = process.argv.slice(2);
const project = join(folder, "client-project");
const installed = join(project, "node_modules/aisle");
mkdirSync(installed, { recursive: true });
const run = (command: string, order: readonly string[], cwd = project) =>
  execFileSync(command, order, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

const packed = run(
  "npm",
  ["pack", "--silent", "--ignore-scripts", "--pack-destination", resolve(folder)],
  process.cwd(),
);
run("tar", [
  "-xzf",
  resolve(folder, packed.trim().split("\n").at(-1)!),
  "-C",
  installed,
  "--strip-components=1",
]);

writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
const program = `
import { AisleError, Client, type Answer } from "aisle/client";
const client = new Client({ baseUrl: ${JSON.stringify(base)} });
const answer: Answer = await client.recommendations({ userId: "42", numResults: 3, hide: "none" });
const titles: (string | undefined)[] = answer.items.map((row) => row.item?.title);
// @ts-expect-error there is no such value
const wrong = () => client.recommendations({ hide: "everything" });
// @ts-expect-error nor such a parameter
const unknown = () => client.popular({ userID: "42" });
// @ts-expect-error an event has a time
const timeless = () => client.putEvents({ sessionId: "s", eventList: [{ eventType: "View" }] });
const refused = await wrong().catch((error: unknown) => error);
if (!(refused instanceof AisleError) || refused.status !== 400) throw new Error("expected a problem");
if (titles.length !== 3) throw new Error("expected three rows");
export { unknown, timeless };
`;
writeFileSync(join(project, "shop.ts"), program);
const tsc = [
  resolve("node_modules/typescript/bin/tsc"),
  "--strict",
  "--exactOptionalPropertyTypes",
  "--types",
  "",
];
for (const module of ["nodenext", "preserve"]) {
  const how = ["--module", module, "--moduleResolution", module === "preserve" ? "bundler" : module];
  run(process.execPath, [...tsc, ...how, "--target", "es2022", "--lib", "es2022,dom", "--noEmit", "shop.ts"]);
}
run(process.execPath, ["shop.ts"]);

// The declarations that are shipped, and the types that zod infers, are the same.
run(process.execPath, [tsc[0], "-p", resolve(".ci/contract/tsconfig.json")]);
console.log("the packed client is typed and answers");
