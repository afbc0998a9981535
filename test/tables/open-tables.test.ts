import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { openTables, type SourceOptions } from "../../src/tables/open-tables.ts";
import { type Cell, TableError } from "../../src/tables/table.ts";

const folder = mkdtempSync(join(tmpdir(), "tables-"));
afterAll(() => rmSync(folder, { recursive: true }));
const parquetFixture = new URL("fixtures/events.parquet", import.meta.url);

interface Read {
  readonly file: string;
  readonly columns: string[];
  readonly rows: (readonly [line: number, ...cells: Cell[]])[];
  readonly problems: string[];
}

async function readAll(paths: string[], options?: SourceOptions): Promise<Read[]> {
  const tables: Read[] = [];
  for await (const table of openTables(paths, options)) {
    const read: Read = { file: table.file, columns: [], rows: [], problems: [] };
    for await (const batch of table.batches) {
      for (const { line, cells, problem } of batch) {
        if (problem === undefined) read.rows.push([line, ...cells]);
        else read.problems.push(`${line}: ${problem}`);
      }
    }
    read.columns.push(...table.columns);
    tables.push(read);
  }
  return tables;
}

async function readOne(name: string, content: string | Uint8Array, options?: SourceOptions): Promise<Read> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const [table] = await readAll([path], options);
  return table;
}

function quoteCsv(cell: string, always: boolean): string {
  return always || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

describe("CSV", () => {
  it("gives back every cell that was quoted, with the line where its row begins", async () => {
    const cell = fc.oneof(
      fc.constantFrom("", 'a"b', "x,y", "two\nlines", "two\r\nlines", "ü🛒", " "),
      fc.string(),
    );
    const rows = fc.array(fc.tuple(cell, cell, cell), { maxLength: 6 });
    const property = fc.asyncProperty(
      rows,
      fc.boolean(),
      fc.constantFrom("\n", "\r\n"),
      async (expected, isQuoted, newline) => {
        const lines = expected.map((cells) =>
          cells.map((text) => quoteCsv(text, isQuoted || text.trim() === "")),
        );
        const text = ["a,b,c", ...lines.map((cells) => cells.join(",")), ""].join(newline);
        const { rows: read } = await readOne("round.csv", text);
        let line = 2;
        const placed = expected.map((cells) => {
          const from = line;
          line += 1 + cells.join("").split("\n").length - 1;
          return [from, ...cells];
        });
        expect(read).toEqual(placed);
      },
    );
    await fc.assert(property, { seed: 1, numRuns: 100 });
  });

  it("reads a byte order mark, blank lines, a last line without end, and other delimiters", async () => {
    expect(await readOne("bom.csv", "\ufeffa;b\n\n1;2\n\n3;4")).toMatchObject({
      columns: ["a", "b"],
      rows: [
        [3, "1", "2"],
        [5, "3", "4"],
      ],
    });
    expect((await readOne("tabs.tsv", "a\tb\n1,5\t2\n")).rows).toEqual([[2, "1,5", "2"]]);
  });

  it("takes a quote inside a cell for a character", async () => {
    expect((await readOne("inch.csv", 'a,b\n5" screw,2\n')).rows).toEqual([[2, '5" screw', "2"]]);
  });

  it("marks rows with too few or too many cells and goes on", async () => {
    const { rows, problems } = await readOne("ragged.csv", "a,b\n1\n2,3\n4,5,6\n");
    expect(rows).toEqual([[3, "2", "3"]]);
    expect(problems).toEqual(["2: has 1 cells, the header 2", "4: has 3 cells, the header 2"]);
  });

  it("is empty for an empty file, and has columns for a header alone", async () => {
    expect(await readOne("empty.csv", "")).toMatchObject({ columns: [], rows: [] });
    expect(await readOne("header.csv", "a,b")).toMatchObject({ columns: ["a", "b"], rows: [] });
  });

  it("names file and line of a quote that is never closed", async () => {
    await expect(readOne("open.csv", 'a,b\n1,2\n"3,4\n5,6\n')).rejects.toThrow(
      /open\.csv: from line 3 on .* quote/,
    );
    const endless = `a,b\n1,2\n"${"x\n".repeat(600_000)}`;
    await expect(readOne("endless.csv", endless)).rejects.toThrow(/endless\.csv: from line 3 on/);
  });
});

describe("JSON Lines", () => {
  it("takes keys as columns, late ones too, and keeps numbers as numbers", async () => {
    const text = '{"id":"a","n":1}\r\n\r\n{"n":2.5,"tags":["x"],"ok":true}\n{"id":null}';
    expect(await readOne("rows.jsonl", text)).toMatchObject({
      columns: ["id", "n", "tags", "ok"],
      rows: [
        [1, "a", 1],
        [3, undefined, 2.5, '["x"]', true],
        [4, null, undefined, undefined, undefined],
      ],
    });
  });

  it("marks lines that hold no object", async () => {
    const { problems } = await readOne("bad.jsonl", '{"a":1}\n[1]\n{"a":\n7\n');
    expect(problems.map((problem) => problem.slice(0, 12))).toEqual([
      "2: is not a ",
      "3: is not JS",
      "4: is not a ",
    ]);
  });
});

describe("lists", () => {
  it("gives a row for each item of `user item item …`", async () => {
    const { rows } = await readOne("train.txt", "u1 a b\nlonely\n u2\tc \r\n", { format: "lists" });
    expect(rows).toEqual([
      [1, "u1", "a"],
      [1, "u1", "b"],
      [3, "u2", "c"],
    ]);
  });
});

describe("Parquet", () => {
  it("reads text, 64-bit integers, times and nulls of several row groups, gzipped or not", async () => {
    const bytes = readFileSync(parquetFixture);
    for (const read of [
      await readOne("events.parquet", bytes),
      await readOne("events.parquet.gz", gzipSync(bytes)),
      await readOne("nameless", bytes),
    ]) {
      expect(read.columns.slice(0, 3)).toEqual(["USER_ID", "ITEM_ID", "EVENT_TYPE"]);
      expect(read.rows).toHaveLength(5);
      expect(read.rows[0].slice(0, 6)).toEqual([
        1,
        "1",
        9007199254740993n,
        "view",
        new Date("2024-01-01"),
        1.5,
      ]);
      expect(read.rows[4].slice(0, 6)).toEqual([5, "2", 2n, "purchase", new Date("2024-01-05"), 1]);
      expect(read.rows[1][5]).toBeNull();
    }
  });

  it("refuses a file that is cut off", async () => {
    await expect(readOne("cut.parquet", readFileSync(parquetFixture).subarray(0, 900))).rejects.toThrow(
      TableError,
    );
  });
});

describe("sources", () => {
  it("tells gzip and JSON by their bytes, whatever the name says", async () => {
    expect((await readOne("plain.csv", gzipSync("a\n1\n"))).rows).toEqual([[2, "1"]]);
    expect((await readOne("data.txt.gz", gzipSync('{"a":1}\n'))).rows).toEqual([[1, 1]]);
    const members = Buffer.concat([gzipSync("a,b\n1,2\n"), gzipSync("3,4\n")]);
    expect((await readOne("members.csv.gz", members)).rows).toHaveLength(2);
  });

  it("refuses gzip that is cut off or damaged, and text that is not UTF-8, naming the place", async () => {
    const packed = gzipSync(`a\n${"1\n".repeat(5000)}`);
    await expect(readOne("cut.csv.gz", packed.subarray(0, -20))).rejects.toThrow(/cut\.csv\.gz: .* cut off/);
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, 12, 20);
    await expect(readOne("damaged.csv.gz", damaged)).rejects.toThrow(/damaged\.csv\.gz: .* damaged/);
    const latin1 = Buffer.from("a\nfine ü\nM\u00fcller\n", "latin1");
    await expect(readOne("latin1.csv", latin1)).rejects.toThrow(/latin1\.csv: line 2 is not UTF-8/);
    const half = Buffer.from("a\nok\nü", "utf8").subarray(0, -1);
    await expect(readOne("half.csv", half)).rejects.toThrow(/half\.csv: line 3 is not UTF-8/);
  });

  it("walks a folder to the bottom in the order of names, past what is no table", async () => {
    const root = join(folder, "walk");
    mkdirSync(join(root, "day=2", "deep"), { recursive: true });
    mkdirSync(join(root, "day=1"));
    writeFileSync(join(root, "day=2", "deep", "x.csv"), "a\n2\n");
    writeFileSync(join(root, "day=1", "z.jsonl"), '{"a":"1"}\n');
    cpSync(parquetFixture, join(root, "events.parquet"));
    writeFileSync(join(root, "README.md"), "# no table");
    writeFileSync(join(root, "_SUCCESS.csv"), "");
    const files = (await readAll([root])).map(({ file }) => file.slice(root.length + 1));
    expect(files).toEqual(["day=1/z.jsonl", "day=2/deep/x.csv", "events.parquet"]);
  });

  it("says so where there is nothing to read", async () => {
    const empty = join(folder, "nothing");
    mkdirSync(empty);
    await expect(readAll([empty])).rejects.toThrow(/nothing: the folder holds no \.csv/);
    await expect(readAll([join(folder, "missing.csv")])).rejects.toThrow(
      /missing\.csv: there is no such file/,
    );
  });

  it("lets go of a file whose rows are not all asked for", async () => {
    writeFileSync(join(folder, "long.csv"), `a\n${"1\n".repeat(400_000)}`);
    for await (const table of openTables([join(folder, "long.csv")])) {
      for await (const batch of table.batches) {
        expect(batch.length).toBeGreaterThan(0);
        break;
      }
      break;
    }
  });
});
