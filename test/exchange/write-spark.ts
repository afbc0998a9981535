import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import type { FactorRows, ImportedFactors } from "../../src/exchange/imported-factors.ts";
import { settings } from "./reference-als.ts";

export const sparkJob = {
  ...{ alpha: settings.alpha, regularization: settings.regularization, rank: settings.rank },
  ...{ iterations: settings.iterations, seed: 1 },
  confidence: { weights: { View: 1, Purchase: 5 }, formula: "r", parameters: {}, halfLifeDays: null },
  ...{ testFrom: null as number | null, eventCount: 0 },
};

/** A folder as `als_job.py` leaves it: factors in two files each, in an order of their own, numbered from 0 by id. */
export async function writeSpark(
  folder: string,
  { users, items, rank }: ImportedFactors,
  job: object | null = sparkJob,
): Promise<void> {
  for (const [side, rows] of [["user", users] as const, ["item", items] as const]) {
    const ids = [...rows.ids];
    const numbers = [...ids.keys()].sort((a, b) => (ids[a] < ids[b] ? -1 : 1));
    await mkdir(join(folder, `${side}Factors`), { recursive: true });
    await mkdir(join(folder, `${side}Ids`), { recursive: true });
    for (const part of [0, 1]) {
      const of = [...numbers.keys()].filter((number) => number % 2 === part).reverse();
      await writeVectors(
        join(folder, `${side}Factors`, `part-0000${part}.snappy.parquet`),
        of,
        of.map((number) => vectorOf(rows, numbers[number], rank)),
      );
    }
    parquetWriteFile({
      filename: join(folder, `${side}Ids`, "part-00000.parquet"),
      columnData: [
        { name: "row", data: [...numbers.keys()], type: "INT32" },
        { name: "id", data: numbers.map((row) => ids[row]), type: "STRING" },
      ],
    });
    await writeFile(join(folder, `${side}Factors`, "_SUCCESS"), "");
  }
  if (job === null) return;
  await mkdir(join(folder, "job"), { recursive: true });
  await writeFile(join(folder, "job", "part-00000.txt"), `${JSON.stringify(job)}\n`);
}

function vectorOf({ vectors }: FactorRows, row: number, rank: number): number[] {
  return [...vectors.subarray(row * rank, (row + 1) * rank)];
}

/** A file of Spark's schema: id int, features array<float>. */
export async function writeVectors(
  filename: string,
  ids: readonly unknown[],
  features: readonly unknown[],
): Promise<void> {
  parquetWriteFile({
    filename,
    columnData: [
      { name: "id", data: ids as number[] },
      { name: "features", data: features as number[][] },
    ],
    schema: [
      { name: "spark_schema", num_children: 2 },
      { name: "id", type: "INT32", repetition_type: "REQUIRED" },
      { name: "features", num_children: 1, repetition_type: "OPTIONAL", converted_type: "LIST" },
      { name: "list", num_children: 1, repetition_type: "REPEATED" },
      { name: "element", type: "FLOAT", repetition_type: "OPTIONAL" },
    ],
  });
}
