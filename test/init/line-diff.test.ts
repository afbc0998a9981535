import fc from "fast-check";
import { expect, it } from "vitest";
import { lineDiff } from "../../src/init/line-diff.ts";

/** Applies a unified diff, as `patch` does, and checks every line that it says is there. */
function apply(old: string, diff: string): string {
  const from = old.split("\n");
  from.pop();
  const made: string[] = [];
  let at = 0;
  for (const line of diff.split("\n").slice(0, -1)) {
    const [, start, length] = /^@@ -(\d+),(\d+) /.exec(line) ?? [];
    if (start !== undefined) {
      const first = Number(start) - (Number(length) === 0 ? 0 : 1);
      while (at < first) made.push(from[at++]);
    } else if (line.startsWith("+")) made.push(line.slice(1));
    else {
      expect(from[at]).toBe(line.slice(1));
      if (line.startsWith(" ")) made.push(from[at]);
      at++;
    }
  }
  return [...made, ...from.slice(at)].map((line) => `${line}\n`).join("");
}

const text = fc
  .array(fc.constantFrom("a", "b", "c", "", "@@", "-"), { maxLength: 30 })
  .map((lines) => lines.map((line) => `${line}\n`).join(""));

it("says what makes the one of the other", () => {
  fc.assert(
    fc.property(text, text, (old, fresh) => {
      expect(apply(old, lineDiff(old, fresh))).toBe(fresh);
    }),
  );
});

it("shows three lines around, in hunks", () => {
  const lines = Array.from({ length: 20 }, (_, line) => `line ${line}`);
  const old = `${lines.join("\n")}\n`;
  const fresh = old.replace("line 1\n", "").replace("line 18", "other");
  expect(lineDiff(old, fresh)).toBe(
    [
      ...["@@ -1,5 +1,4 @@", " line 0", "-line 1", " line 2", " line 3", " line 4"],
      ...["@@ -16,5 +15,5 @@", " line 15", " line 16", " line 17", "-line 18", "+other", " line 19", ""],
    ].join("\n"),
  );
  expect(lineDiff("a", "a\n")).toContain("\\ No newline at end of file");
  expect(lineDiff(old, old)).toBe("");
});
