import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type IdTable, IdTableBuilder } from "../math/id-table.ts";
import { cellText } from "../tables/cells.ts";
import { openTables } from "../tables/open-tables.ts";
import { readVectors, type VectorTable } from "../tables/vectors.ts";
import { ExchangeError } from "./exchange-error.ts";
import { checkRanks, type FactorRows, type ImportedFactors } from "./imported-factors.ts";

const number = z.number();
/** JSON knows no Infinity: a half-life of null is none. */
const halfLife = z
  .number()
  .positive()
  .nullable()
  .transform((days) => days ?? Number.POSITIVE_INFINITY);

/** What `als_job.py` says of a fit, beside its factors. */
const jobSchema = z.object({
  alpha: number,
  regularization: number,
  rank: z.int().positive(),
  iterations: z.int().nonnegative(),
  seed: z.int(),
  confidence: z.object({
    weights: z.record(z.string(), number),
    formula: z.string(),
    parameters: z.record(z.string(), number),
    halfLifeDays: z.union([halfLife, z.record(z.string(), halfLife)]),
  }),
  /** epoch seconds of the first event that it did not see; null where it saw all */
  testFrom: number.nullable(),
  eventCount: z.int().nonnegative(),
});

export type SparkJob = z.infer<typeof jobSchema>;

export interface SparkFactors {
  readonly factors: ImportedFactors;
  /** absent where another job made the factors */
  readonly job?: SparkJob | undefined;
}

/**
 * Reads `userFactors` and `itemFactors`, as Spark's ALSModel saves them, of a folder: Parquet with `id` and `features`.
 * `userIds` and `itemIds`, tables of `row` and `id`, say whose they are; without them the numbers are the ids.
 * `job`, one line of JSON, tells of the fit.
 * @throws ExchangeError, TableError naming what is missing, twice, or no number
 */
export async function readSpark(folder: string): Promise<SparkFactors> {
  const [users, items] = [await readSide(folder, "user"), await readSide(folder, "item")];
  checkRanks(folder, users.rank, items.rank);
  const job = await readJob(folder);
  if (job && job.rank !== users.rank) {
    throw new ExchangeError(
      `${folder}: its job fitted ${job.rank} factors, and there are ${users.rank}: copy the whole folder of one run`,
    );
  }
  return { factors: { by: "spark", where: folder, rank: users.rank, users, items }, job };
}

async function readSide(
  folder: string,
  side: "user" | "item",
): Promise<FactorRows & { readonly rank: number }> {
  const { ids: numbers, vectors, rank } = await readVectors(join(folder, `${side}Factors`));
  const names = await readIds(join(folder, `${side}Ids`));
  return { ids: nameRows(numbers, names, `${folder}/${side}`), vectors, rank };
}

/** Ids in the order of the vectors. */
function nameRows(numbers: VectorTable["ids"], names: NumberedIds | undefined, where: string): IdTable {
  const builder = new IdTableBuilder();
  for (const row of numbers) {
    const place = names === undefined ? -1 : findNumber(names.rows, row);
    if (names && place < 0) {
      throw new ExchangeError(
        `${where}Factors has the row ${row}, which ${where}Ids does not name: copy both from the same run`,
      );
    }
    builder.add(names ? names.ids.id(names.order[place]) : String(row));
  }
  return builder.build();
}

interface NumberedIds {
  readonly ids: IdTable;
  /** (ids), rising: the numbers that are named */
  readonly rows: Float64Array;
  /** (ids): which id has the number at the same place of `rows` */
  readonly order: Uint32Array;
}

/** The place of a number among rising ones, or -1. */
function findNumber(rising: Float64Array, number: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle] < number) low = middle + 1;
    else high = middle;
  }
  return rising[low] === number ? low : -1;
}

async function readIds(path: string): Promise<NumberedIds | undefined> {
  if (!(await exists(path))) return undefined;
  const builder = new IdTableBuilder();
  const numbers: number[] = [];
  for await (const table of openTables([path])) {
    const [row, id] = ["row", "id"].map((name) => table.columns.indexOf(name));
    if (row < 0 || id < 0) {
      throw new ExchangeError(
        `${table.file}: it has the columns ${table.columns.join(", ")}, not row and id`,
      );
    }
    for await (const batch of table.batches) {
      for (const { cells, line, problem } of batch) {
        const at = `${table.file}: row ${line}`;
        if (problem) throw new ExchangeError(`${at}: ${problem}`);
        const text = cellText(cells[id]);
        if (text === "") throw new ExchangeError(`${at}: the id is empty: leave such events out of the fit`);
        if (builder.add(text) !== numbers.length) {
          throw new ExchangeError(
            `${at}: the id "${text}" has two numbers: write the folder anew, in one run`,
          );
        }
        numbers.push(Number(cells[row]));
      }
    }
  }
  const order = Uint32Array.from(numbers.keys()).sort((a, b) => numbers[a] - numbers[b]);
  const rows = Float64Array.from(order, (at) => numbers[at]);
  const twice = rows.findIndex((row, at) => !Number.isInteger(row) || (at > 0 && row === rows[at - 1]));
  if (twice >= 0) {
    throw new ExchangeError(`${path}: the number ${rows[twice]} is no whole number, or names two ids`);
  }
  return { ids: builder.build(), rows, order };
}

async function readJob(folder: string): Promise<SparkJob | undefined> {
  const path = join(folder, "job");
  if (!(await exists(path))) return undefined;
  const part = (await readdir(path)).find((name) => name.startsWith("part-"));
  if (part === undefined)
    throw new ExchangeError(`${path}: there is no part- file in it: copy the whole folder`);
  const text = await readFile(join(path, part), "utf8");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ExchangeError(`${join(path, part)} is not JSON: copy the whole folder again`, { cause });
  }
  const parsed = jobSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ExchangeError(
    `${join(path, part)} is not what als_job.py writes: take the job of this version.\n${z.prettifyError(parsed.error)}`,
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
