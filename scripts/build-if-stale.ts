import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";

const root = new URL("..", import.meta.url).pathname;

/**
 * Builds what the package ships unless it is newer than all that it is made of. `npx aisle` in a clone links the
 * package first, which asks npm to prepare it again, perhaps while a server runs from it.
 */
export default function buildIfStale(): void {
  const folders = ["src", "web/src", "web/public", "scripts"];
  const sources = [
    ...folders.flatMap((folder) =>
      readdirSync(`${root}${folder}`, { recursive: true }).map((name) => `${root}${folder}/${name}`),
    ),
    ...readdirSync(`${root}web`).map((name) => `${root}web/${name}`),
  ];
  const timeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const changed = Math.max(...sources.map(timeOf));
  // Both are made late, side by side.
  const built = Math.min(
    ...["lambda/beside-meta.json", "web/index.html"].map((name) => timeOf(`${root}dist/${name}`)),
  );
  if (built < changed) execFileSync(process.execPath, ["scripts/build.ts"], { cwd: root, stdio: "inherit" });
}

if (import.meta.main) buildIfStale();
