import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";

const root = new URL("..", import.meta.url).pathname;

/** Some tests run what the package ships: they must not pass on an older build of it. */
export default function buildIfStale(): void {
  const folders = ["src", "web/src", "web/public"];
  const sources = [
    ...folders.flatMap((folder) =>
      readdirSync(`${root}${folder}`, { recursive: true }).map((name) => `${root}${folder}/${name}`),
    ),
    ...readdirSync(`${root}web`).map((name) => `${root}web/${name}`),
  ];
  const changed = Math.max(...sources.map((path) => statSync(path).mtimeMs));
  const built = statSync(`${root}dist/lambda/meta.json`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built < changed) execFileSync(process.execPath, ["scripts/build.ts"], { cwd: root, stdio: "inherit" });
}
