import { rename, rm, writeFile } from "node:fs/promises";
import type { Model } from "../model/model.ts";
import { packTensors } from "../tensors/safetensors.ts";
import { ExchangeError } from "./exchange-error.ts";
import { encodeNumbers, encodeScalar, encodeText } from "./npy.ts";
import { ZipWriter } from "./zip-writer.ts";

export const exportFormats = ["safetensors", "npz"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** What is said beside the factors. */
export interface ExportedModel {
  readonly version: string;
  /** what an imported model's confidence is multiplied by; 1 for our own, whose objective is another */
  readonly alpha: number;
}

/**
 * Writes a model's factors and ids under the names that Python's libraries use: `user_factors` and `item_factors`,
 * float32, a row for each id. A score is the product of two rows, as it is here.
 *
 * npz: what `implicit.cpu.als.AlternatingLeastSquares.load` opens, with `user_ids` and `item_ids` as text beside it.
 * safetensors: ids as `user_ids.bytes` (UTF-8, one after the other) and `user_ids.offsets` (rows + 1), as the format
 * knows no text.
 * @throws ExchangeError on a model of popularity alone, or past the 4 GiB of a zip file
 */
export async function exportFactors(
  model: Model,
  about: ExportedModel,
  to: { readonly format: ExportFormat; readonly path: string },
): Promise<void> {
  if (model.rank === 0) {
    throw new ExchangeError(`${about.version} is a model of popularity alone: it has no factors to export`);
  }
  // A file of the final name is whole.
  const partial = `${to.path}.partial`;
  try {
    await (to.format === "npz" ? writeNpz(model, about, partial) : writeTensors(model, about, partial));
    await rename(partial, to.path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function writeNpz(model: Model, { alpha }: ExportedModel, path: string): Promise<void> {
  const { rank } = model;
  const settings = model.header.objective?.settings;
  const zip = await ZipWriter.create(path);
  const add = (name: string, parts: Uint8Array[]) => zip.add(`${name}.npy`, parts);
  try {
    await add("user_factors", encodeNumbers(userRows(model), [model.userCount, rank]));
    await add("item_factors", encodeNumbers(itemRows(model), [model.itemCount, rank]));
    await add("user_ids", encodeText([...model.users]));
    await add("item_ids", encodeText([...model.items]));
    await add("factors", encodeScalar(BigInt(rank)));
    await add("iterations", encodeScalar(BigInt(settings?.iterations ?? 0)));
    await add("regularization", encodeScalar(settings?.regularization ?? 0));
    await add("alpha", encodeScalar(alpha));
    await add("dtype", encodeText(["float32"], []));
    await zip.finish();
  } catch (error) {
    await zip.abandon();
    throw error;
  }
}

async function writeTensors(model: Model, { version, alpha }: ExportedModel, path: string): Promise<void> {
  const { rank, users, items } = model;
  const ids = (side: "user" | "item", { arrays }: Model["users"]) => ({
    [`${side}_ids.bytes`]: { data: arrays.bytes },
    [`${side}_ids.offsets`]: { data: arrays.offsets },
  });
  const tensors = {
    user_factors: { data: userRows(model), shape: [model.userCount, rank] },
    item_factors: { data: itemRows(model), shape: [model.itemCount, rank] },
    ...ids("user", users),
    ...ids("item", items),
  };
  const { settings } = model.header.objective ?? {};
  const about = { version, rank, settings, alpha, dataDigest: model.header.dataDigest };
  await writeFile(path, packTensors(tensors, { aisle: JSON.stringify(about) }));
}

/** (users, rank): stored rows, else the fold-in of each history, which is the same; 0 for users without any weight. */
function userRows(model: Model): Float32Array {
  const rows = new Float32Array(model.userCount * model.rank);
  for (let user = 0; user < model.userCount; user++) {
    const row = model.userVector(user) ?? model.foldIn(model.history(user))?.vector;
    if (row) rows.set(row, user * model.rank);
  }
  return rows;
}

/** (items, rank) */
function itemRows(model: Model): Float32Array {
  const rows = new Float32Array(model.itemCount * model.rank);
  for (let item = 0; item < model.itemCount; item++) rows.set(model.itemVector(item), item * model.rank);
  return rows;
}
