import { PassThrough } from "node:stream";
import { beforeEach, describe, expect, it } from "vitest";
import { formatColumns, Terminal } from "../../src/cli/terminal.ts";

let written: string;
let stream: NodeJS.WriteStream;
beforeEach(() => {
  written = "";
  const text = new PassThrough().setEncoding("utf8").on("data", (chunk) => {
    written += chunk;
  });
  stream = Object.assign(text, { columns: 80, rows: 24 }) as unknown as NodeJS.WriteStream;
});

describe("Terminal", () => {
  it("writes a line for each step where nobody watches, and draws no bar", () => {
    const terminal = new Terminal(stream);
    for (let done = 0; done < 5; done++) terminal.progress("trials", done, 5, "trial 1");
    terminal.say("between");
    terminal.progress("trials", 5, 5);
    terminal.close();
    expect(written).toMatch(/^between\n✓ trials {2}\d+\.\d s\n$/);
  });

  it("draws bars in place at a terminal, keeps what was said above them, and leaves none behind", () => {
    stream.isTTY = true;
    const terminal = new Terminal(stream);
    terminal.progress("trials", 2, 4, "trial 3");
    expect(written).toContain(`trials  ${"█".repeat(14)}${"░".repeat(14)}  2/4  trial 3`);
    written = "";
    terminal.say("between");
    expect(written.indexOf("between\n")).toBeLessThan(written.indexOf("2/4"));
    written = "";
    terminal.progress("trials", 4, 4);
    terminal.close();
    expect(written).toContain("✓ trials");
    expect(written.slice(written.indexOf("✓ trials"))).not.toContain("█");
  });

  it("draws a step whose end is not known without a bar", () => {
    stream.isTTY = true;
    const terminal = new Terminal(stream);
    terminal.progress("reading", 3, Number.POSITIVE_INFINITY, "3 rows");
    terminal.close();
    expect(written).toContain("  reading  3 rows");
    expect(written).not.toMatch(/█|Infinity/);
  });
});

describe("formatColumns", () => {
  it("aligns words to the left and numbers to the right", () => {
    const rows = [
      ["ü", "1.5", "x"],
      ["longer", "10.25", ""],
    ];
    expect(formatColumns(["name", "n", "note"], rows)).toBe(
      "name        n  note\nü         1.5  x\nlonger  10.25",
    );
  });
});
