import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readVectors } from "../../src/tables/vectors.ts";
import { writeVectors } from "../exchange/write-spark.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-vectors-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("vectors of a Parquet file", () => {
  const file = () => join(folder, "vectors.parquet");
  const reading = async (ids: readonly unknown[], features: readonly unknown[]) => {
    await writeVectors(file(), ids, features);
    return readVectors(file());
  };

  it("are read by number", async () => {
    const read = await reading(
      [4, 2],
      [
        [1, 2.5, 3],
        [4, 5, 6],
      ],
    );
    expect(read).toEqual({
      ids: Float64Array.of(4, 2),
      vectors: Float32Array.of(1, 2.5, 3, 4, 5, 6),
      rank: 3,
    });
  });

  it("name file and row of what is wrong", async () => {
    await expect(reading([1, 2], [[1, 2], [1]])).rejects.toThrow(
      /vectors\.parquet: row 2: id 2 has 1 features, the first row has 2/,
    );
    await expect(
      reading(
        [1, 2],
        [
          [1, 2],
          [1, Number.NaN],
        ],
      ),
    ).rejects.toThrow(/row 2: feature 2 of id 2 is NaN: the fit diverged/);
    await expect(
      reading(
        [1, 2],
        [
          [1, 2],
          [1, null],
        ],
      ),
    ).rejects.toThrow(/feature 2 of id 2 is null/);
    await expect(reading([1, 2], [[1, 2], null])).rejects.toThrow(/row 2: the features of id 2 are no list/);
    await expect(
      reading(
        [1, 1],
        [
          [1, 2],
          [3, 4],
        ],
      ),
    ).rejects.toThrow(/the id 1 is there twice/);
    await expect(reading([1], [[]])).rejects.toThrow(/id 1 has 0 features/);
    parquetWriteFile({ filename: file(), columnData: [{ name: "user", data: [1], type: "INT32" }] });
    await expect(readVectors(file())).rejects.toThrow(/there is no column id, features \(there are user\)/);
    await writeFile(file(), "PAR1 rubbish that is long enough to be looked at PAR1");
    await expect(readVectors(file())).rejects.toThrow(/the Parquet data are damaged/);
  });
});
