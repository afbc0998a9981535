import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ImportedFactors } from "../../src/exchange/imported-factors.ts";
import { readSpark } from "../../src/exchange/spark.ts";
import { IdTable } from "../../src/math/id-table.ts";
import { sparkJob, writeSpark } from "./write-spark.ts";

const rows = (ids: readonly string[], first: number) => ({
  ids: IdTable.from(ids),
  vectors: Float32Array.from({ length: ids.length * 2 }, (_, at) => first + at / 4),
});
const factors: ImportedFactors = {
  ...{ by: "spark", where: "there", rank: 2 },
  users: rows(["zoë", "anna", "7"], 1),
  items: rows(["i2", "i1"], -1),
};
const job = { ...sparkJob, rank: 2, testFrom: 1_700_000_000.5 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-spark-"));
});
afterEach(() => rm(folder, { recursive: true }));

function vectorById({ ids, vectors }: ImportedFactors["users"], id: string): number[] {
  return [...vectors.subarray(ids.row(id) * 2, ids.row(id) * 2 + 2)];
}

describe("a folder of Spark's", () => {
  it("gives every id its vector, and the job's settings", async () => {
    await writeSpark(folder, factors, job);
    const read = await readSpark(folder);
    for (const side of ["users", "items"] as const) {
      expect([...read.factors[side].ids].sort()).toEqual([...factors[side].ids].sort());
      for (const id of factors[side].ids) {
        expect(vectorById(read.factors[side], id)).toEqual(vectorById(factors[side], id));
      }
    }
    expect(read.job?.testFrom).toBe(1_700_000_000.5);
    expect(read.job?.confidence.halfLifeDays).toBe(Number.POSITIVE_INFINITY);
  });

  it("takes numbers for ids where no table names them, and needs no job", async () => {
    await writeSpark(folder, factors, null);
    await rm(join(folder, "userIds"), { recursive: true });
    const read = await readSpark(folder);
    expect([...read.factors.users.ids].sort()).toEqual(["0", "1", "2"]);
    expect(read.job).toBeUndefined();
  });

  it("says which part is missing or does not belong", async () => {
    await expect(readSpark(folder)).rejects.toThrow(/userFactors: there is no such file or folder/);
    await writeSpark(folder, factors, { ...job, rank: 3 });
    await expect(readSpark(folder)).rejects.toThrow(/its job fitted 3 factors, and there are 2/);
    await writeFile(join(folder, "job", "part-00000.txt"), "{}");
    await expect(readSpark(folder)).rejects.toThrow(/is not what als_job.py writes/);
    await writeFile(join(folder, "job", "part-00000.txt"), "{");
    await expect(readSpark(folder)).rejects.toThrow(/is not JSON/);
  });

  it("says which ids are missing, or there twice", async () => {
    await writeSpark(folder, factors, job);
    const ids = (row: number[], id: string[]) =>
      parquetWriteFile({
        filename: join(folder, "userIds", "part-00000.parquet"),
        columnData: [
          { name: "row", data: row, type: "INT32" },
          { name: "id", data: id, type: "STRING" },
        ],
      });
    ids([0, 1], ["a", "b"]);
    await expect(readSpark(folder)).rejects.toThrow(
      /userFactors has the row 2, which .*userIds does not name/,
    );
    ids([0, 1, 2], ["a", "b", "a"]);
    await expect(readSpark(folder)).rejects.toThrow(/row 3: the id "a" has two numbers/);
    ids([0, 1, 1], ["a", "b", "c"]);
    await expect(readSpark(folder)).rejects.toThrow(/the number 1 is no whole number, or names two ids/);
    ids([0, 1, 2], ["a", "", "c"]);
    await expect(readSpark(folder)).rejects.toThrow(/row 2: the id is empty/);
  });
});
