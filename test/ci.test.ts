import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const stages = new URL("../.ci/stages/", import.meta.url);

describe("the stages of CI", () => {
  it("run TypeScript with the project's Node, since the machine's may be too old to strip types", () => {
    const lines = readdirSync(stages).flatMap((name) =>
      readFileSync(new URL(name, stages), "utf8")
        .split("\n")
        .map((line) => `${name}: ${line}`),
    );
    const runsTypeScript = lines.filter((line) => /\bnode"? (?:\S+\.ts\b|--input-type=module)/.test(line));
    expect(runsTypeScript.length).toBeGreaterThan(5);
    const byMachine = runsTypeScript.filter(
      (line) => !/npx --no-install node |"\$NODE24\/bin\/node" /.test(line),
    );
    expect(byMachine).toEqual([]);
  });
});
