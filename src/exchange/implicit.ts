import { type IdTable, IdTableBuilder } from "../math/id-table.ts";
import { ExchangeError } from "./exchange-error.ts";
import { readIdFile } from "./id-file.ts";
import {
  checkFinite,
  checkRanks,
  type FactorRows,
  type ImportedFactors,
  type SaidSettings,
} from "./imported-factors.ts";
import { type NumpyArray, parseNpy } from "./npy.ts";
import { ZipReader } from "./zip-reader.ts";

export interface ImplicitFactors {
  readonly factors: ImportedFactors;
  readonly settings: SaidSettings;
}

/**
 * Reads what `AlternatingLeastSquares.save` of the Python library implicit writes. The ids of its rows are those of
 * `userIds` and `itemIds` (an id on each line), or the arrays `user_ids` and `item_ids` of the npz itself.
 * @throws ExchangeError naming the array that is missing, of another shape, or no number
 */
export async function readImplicit(
  path: string,
  { userIds, itemIds }: { readonly userIds?: string | undefined; readonly itemIds?: string | undefined },
): Promise<ImplicitFactors> {
  const zip = await ZipReader.open(path);
  try {
    const [users, userRank] = await readSide(zip, path, "user", userIds);
    const [items, itemRank] = await readSide(zip, path, "item", itemIds);
    checkRanks(path, userRank, itemRank);
    const settings = {
      alpha: await readNumber(zip, path, "alpha"),
      regularization: await readNumber(zip, path, "regularization"),
      iterations: await readNumber(zip, path, "iterations"),
      seed: await readNumber(zip, path, "random_state"),
    };
    return { factors: { by: "implicit", where: path, rank: userRank, users, items }, settings };
  } finally {
    await zip.close();
  }
}

async function readSide(
  zip: ZipReader,
  path: string,
  side: "user" | "item",
  idFile: string | undefined,
): Promise<[FactorRows, rank: number]> {
  const name = `${side}_factors`;
  const where = `${path}: ${name}`;
  const { shape, data } = await readArray(zip, path, name);
  if (shape.length !== 2 || shape[0] === 0 || shape[1] === 0) {
    throw new ExchangeError(
      `${where} has the shape [${shape}], not [${side}s, factors]: is it a fitted model?`,
    );
  }
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new ExchangeError(`${where} holds no float32 or float64: save ${name}.astype("float32")`);
  }
  const ids = idFile ? await readIdFile(idFile) : await ownIds(zip, path, side);
  if (ids.count !== shape[0]) {
    throw new ExchangeError(
      `${where} has ${shape[0]} rows, and there are ${ids.count} ids in ${idFile ?? `${side}_ids`}: ` +
        "each row wants the id of its row in the matrix, in that order",
    );
  }
  const rows = { ids, vectors: Float32Array.from(data) };
  checkFinite(where, rows, shape[1]);
  return [rows, shape[1]];
}

async function ownIds(zip: ZipReader, path: string, side: "user" | "item"): Promise<IdTable> {
  const name = `${side}_ids`;
  if (!zip.names.includes(`${name}.npy`)) {
    throw new ExchangeError(
      `${path} names no ${side}s: give --${side}-ids FILE, an id on each line in the order of the matrix`,
    );
  }
  const { data } = await readArray(zip, path, name);
  const builder = new IdTableBuilder();
  for (let row = 0; row < data.length; row++) {
    const id = String(data[row]);
    if (id === "") throw new ExchangeError(`${path}: ${name}[${row}] is empty`);
    if (builder.add(id) !== row) throw new ExchangeError(`${path}: ${name}[${row}] "${id}" is there already`);
  }
  return builder.build();
}

function readArray(zip: ZipReader, path: string, name: string): Promise<NumpyArray> {
  return zip.read(`${name}.npy`).then((bytes) => parseNpy(bytes, `${path}: ${name}`));
}

/** A number alone; undefined where the file has none of the name. */
async function readNumber(zip: ZipReader, path: string, name: string): Promise<number | undefined> {
  if (!zip.names.includes(`${name}.npy`)) return undefined;
  const { shape, data } = await readArray(zip, path, name);
  const value = Number(data[0]);
  if (shape.length > 0 || !Number.isFinite(value)) {
    throw new ExchangeError(`${path}: ${name} is ${String(data[0])} of the shape [${shape}], not one number`);
  }
  return value;
}
